import type { Prepared } from "../prepare";
import { boot } from "./boot";
import {
  createGroups,
  groupDir,
  ownHierarchies,
  removeEmptyParents,
  removeGroups,
  type Hierarchy,
} from "./cgroups";
import { readConsole } from "./console";
import { createDisk, removeTree } from "./disk";
import { enter, type ExecOptions, type ExecResult } from "./enter";
import { startTime } from "./kernel-files";
import { connect, disconnect } from "./network";
import { checkSpec, machinePaths, type MachinePaths, type MachineSpec, type VolumeSpec } from "./spec";
import { appearScript, attach, detach, freed, vanishScript, type AttachedVolume } from "./volumes";

export type { MachineSpec, VolumeSpec } from "./spec";
export type { ExecOptions, ExecResult } from "./enter";

/** The parts of the preparation that machines are made of. */
export type MachineParts = Pick<Prepared, "base" | "disk" | "images">;

const BOOT_SECONDS = 60;

/**
 * An EC2 instance as a machine of its own: namespaces, control groups and a disk, with systemd as process 1 and cloud-init
 * reading its user data from the metadata address. Its calls are carried out one after the other.
 */
export class Machine {
  private readonly paths: MachinePaths;
  private readonly hierarchies: readonly Hierarchy[] = ownHierarchies();
  private readonly groups: readonly string[];
  private attached: AttachedVolume[] = [];
  private first: { pid: number; started: string } | undefined;
  private last: Promise<unknown> = Promise.resolve();

  private constructor(
    readonly spec: MachineSpec,
    private readonly prepared: MachineParts,
    private readonly runDir: string,
  ) {
    this.paths = machinePaths(runDir, spec.id);
    this.groups = this.hierarchies.map((hierarchy) => groupDir(hierarchy, runDir, spec.id));
  }

  /** Makes a machine's disk from the template; the machine is off. */
  static async create(spec: MachineSpec, prepared: MachineParts, runDir: string): Promise<Machine> {
    checkSpec(spec, runDir);
    const machine = new Machine({ ...spec, volumes: [...spec.volumes] }, prepared, runDir);
    await createDisk(spec, prepared, machine.paths);
    return machine;
  }

  /** Whether process 1 lives. A machine that shut itself down is off, though its link and volumes are still there. */
  get running(): boolean {
    return this.first !== undefined && startTime(this.first.pid) === this.first.started;
  }

  /**
   * Powers the machine on; resolves when systemd is up (cloud-init works on from there). Nothing to do when it runs.
   * @param linked called when the router's end of the link is there and nothing has been sent yet: the time to configure it
   */
  start(linked?: () => Promise<void>): Promise<void> {
    return this.queue(async () => {
      if (this.running) return;
      await this.release();
      try {
        const { spec, paths, prepared, hierarchies } = this;
        const groups = createGroups(hierarchies, this.runDir, spec.id, spec.memoryMiB);
        await connect(spec);
        await linked?.();
        for (const volume of spec.volumes) this.attached.push(await attach(volume));
        const pid = await boot(
          { spec, paths, prepared, hierarchies, groups, volumes: this.attached },
          BOOT_SECONDS,
        );
        this.first = { pid, started: startTime(pid) ?? "" };
      } catch (error) {
        await this.release();
        throw error;
      }
    });
  }

  /** Pulls the plug: nothing is told, everything ends at once. The disk stays as it is at that moment. */
  powerOff(): Promise<void> {
    return this.queue(() => this.release());
  }

  /** Powers off and removes the disk. */
  destroy(): Promise<void> {
    return this.queue(async () => {
      await this.release();
      await removeTree(this.paths.dir);
    });
  }

  /** Attaches and detaches volumes until the machine has exactly these, whether it runs or not. */
  setVolumes(wanted: readonly VolumeSpec[]): Promise<void> {
    return this.queue(async () => {
      this.spec.volumes = [...wanted];
      if (!this.running) return;
      for (const volume of this.attached.filter((have) => !wanted.some((want) => sameVolume(have, want)))) {
        await this.shell(vanishScript(volume));
        await detach(volume.image);
        this.attached = this.attached.filter((one) => one !== volume);
      }
      for (const volume of wanted.filter((want) => !this.attached.some((have) => sameVolume(have, want)))) {
        const attached = await attach(volume);
        this.attached.push(attached);
        await this.shell(appearScript(attached));
      }
    });
  }

  /** Runs a command in the running machine, as root, with a login's plain environment. */
  async exec(command: string[], options: ExecOptions = {}): Promise<ExecResult> {
    if (!this.first || !this.running)
      throw new Error(`machine ${this.spec.id} is off: ${command.join(" ")} cannot run in it`);
    return enter({ pid: this.first.pid, groups: this.groups }, command, options);
  }

  /** What the machine said on its console, the last 64 KB. */
  async console(): Promise<string> {
    return readConsole(this.paths.console);
  }

  /** Ends all processes and gives back everything but the disk, as far as it is there. */
  private async release(): Promise<void> {
    this.first = undefined;
    await removeGroups(this.groups);
    removeEmptyParents(this.groups);
    await disconnect(this.spec);
    const attached = this.attached.splice(0);
    for (const { image } of attached) {
      await detach(image);
      // A file system in it is unmounted as its namespace ends; only then is everything written.
      await freed(image, 20);
    }
  }

  private async shell(script: string): Promise<void> {
    const { code, stderr } = await this.exec(["sh", "-e", "-c", script]);
    if (code !== 0)
      throw new Error(
        `machine ${this.spec.id}: its devices could not be changed (code ${code}): ${stderr.trim()}`,
      );
  }

  private queue<T>(work: () => Promise<T>): Promise<T> {
    const next = this.last.then(work, work);
    this.last = next.catch(() => undefined);
    return next;
  }
}

function sameVolume(a: VolumeSpec, b: VolumeSpec): boolean {
  return a.id === b.id && a.image === b.image && a.device === b.device;
}
