import type { Machine as RealMachine, MachineSpec } from "../machines/machine";
import type { InstancePlan } from "./instances";
import type { Keeper } from "./keep";
import type { Volumes } from "./volumes";

/** What the cloud needs of a machine; tests have one of their own. */
export type Machine = Pick<
  RealMachine,
  "running" | "start" | "powerOff" | "destroy" | "setVolumes" | "exec" | "console"
>;

interface Made {
  machine: Machine;
  on: boolean;
  launched: string;
  /** Attached volumes as text, for comparison. */
  volumes: string;
  volumeIds: string[];
}

/** How many machines boot at once: more only slow each other down on a small computer. */
export const BOOTING = 3;

/**
 * Makes machines of instances: created and started, powered off, destroyed, volumes attached and detached
 * while they run.
 */
export class Instances implements Keeper<InstancePlan> {
  private readonly made = new Map<string, Made>();
  private readonly booting = new Set<Promise<void>>();

  constructor(
    private readonly create: (spec: MachineSpec) => Promise<Machine>,
    private readonly volumes: Volumes,
    private readonly routerReady: (vpc: string) => Promise<void>,
    /** Called when a machine's link is there and must be configured before anything is sent. */
    private readonly plugged: (vpc: string) => Promise<void>,
    private readonly log: (line: string) => void,
  ) {}

  async apply(id: string, plan: InstancePlan): Promise<void> {
    const before = this.made.get(id);
    if (before?.on && !before.machine.running) {
      before.on = false;
      this.log(`instance ${id}: went down by itself`);
    }
    const sameRun = before?.on && before.launched === plan.launched;
    if (before?.on && !(plan.power === "on" && sameRun)) {
      await before.machine.powerOff();
      before.on = false;
      this.log(`instance ${id}: off`);
    }
    if (plan.power === "off" && !before) return;
    for (const volume of plan.volumes) await this.volumes.apply(volume.id, volume.size);
    const attached = plan.volumes.map((volume) => ({
      id: volume.id,
      device: volume.device,
      image: this.volumes.image(volume.id),
    }));
    const now = before ?? (await this.make(plan, attached));
    if (now.volumes !== JSON.stringify(attached)) {
      await now.machine.setVolumes(attached);
      Object.assign(now, { volumes: JSON.stringify(attached), volumeIds: attached.map((one) => one.id) });
    }
    if (plan.power === "on" && !now.on) await this.start(plan, now);
  }

  async remove(id: string): Promise<void> {
    const made = this.made.get(id);
    if (!made) return;
    await made.machine.destroy();
    this.made.delete(id);
    this.log(`instance ${id}: destroyed`);
  }

  /** The machine of an instance; throws if there is none. */
  machine(id: string): Machine {
    const made = this.made.get(id);
    if (!made)
      throw new Error(`instance ${id} has no machine; known: ${[...this.made.keys()].join(", ") || "none"}`);
    return made.machine;
  }

  /** Instances whose machine is to be on but is not. */
  fallen(): string[] {
    return [...this.made].filter(([, made]) => made.on && !made.machine.running).map(([id]) => id);
  }

  /** Machines of all instances, on or off. */
  machines(): [string, Machine][] {
    return [...this.made].map(([id, made]) => [id, made.machine]);
  }

  isOn(id: string): boolean {
    return this.made.get(id)?.on ?? false;
  }

  isAttached(volume: string): boolean {
    return [...this.made.values()].some((made) => made.volumeIds.includes(volume));
  }

  async stop(): Promise<void> {
    await Promise.all([...this.made.keys()].map((id) => this.remove(id)));
  }

  private async make(plan: InstancePlan, volumes: MachineSpec["volumes"]): Promise<Made> {
    const { id, hostname, netns, veth, mac, address, gateway, dns, memoryMiB, bare } = plan;
    const machine = await this.create({
      id,
      hostname,
      netns,
      veth,
      mac,
      address,
      gateway,
      dns,
      memoryMiB,
      bare,
      volumes,
    });
    const made = {
      machine,
      on: false,
      launched: plan.launched,
      volumes: JSON.stringify(volumes),
      volumeIds: volumes.map((one) => one.id),
    };
    this.made.set(id, made);
    return made;
  }

  private async start(plan: InstancePlan, made: Made): Promise<void> {
    await this.routerReady(plan.vpc);
    while (this.booting.size >= BOOTING) await Promise.race(this.booting);
    const begun = Date.now();
    const boot = made.machine.start(() => this.plugged(plan.vpc));
    const ended = boot
      .then(
        () => undefined,
        () => undefined,
      )
      .finally(() => this.booting.delete(ended));
    this.booting.add(ended);
    await boot;
    Object.assign(made, { on: true, launched: plan.launched });
    this.log(`instance ${plan.id}: on after ${Date.now() - begun} ms (${plan.hostname}, ${plan.address})`);
  }
}
