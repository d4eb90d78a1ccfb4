import * as fs from "node:fs";
import type { Prepared } from "../prepare";
import type { MachineSpec } from "../machines/machine";
import type { Machine } from "./apply-instances";
import { ConsolePush } from "./console-push";
import { Credentials } from "./credentials";
import { EmulatorClient } from "./emulator-client";
import { Every } from "./every";
import { Feed } from "./feed";
import { balancerAddresses, balancerNamed, instanceAddresses, ownerOfPublicAddress } from "./lookup";
import { MetadataServer } from "./metadata-server";
import { socketDir } from "./names";
import { Tokens } from "./metadata-tokens";
import { Reconciler } from "./reconciler";
import { type CloudState, EMPTY_STATE } from "./state";
import { Tools } from "./tools";

export type { CloudState } from "./state";
export type { Machine } from "./apply-instances";

export interface CloudOptions {
  prepared: Prepared;
  runDir: string;
  /** URL of the emulator. */
  emulator: string;
  log(line: string): void;
  /** Makes machines. @default the real ones */
  create?(spec: MachineSpec): Promise<Machine>;
}

/** The account come alive. */
export interface Cloud {
  /** The newest state. */
  state(): CloudState;
  /** Calls `callback` with each new state; the answer ends that. */
  onState(callback: (state: CloudState) => void): () => void;
  /**
   * Resolves when everything that the emulator knows of by now is in place; throws, naming what is not, after
   * the time.
   */
  settled(seconds?: number): Promise<void>;
  /** The region of a VPC's resolver, or of a public address of an instance, that asks the DNS. */
  regionOf(source: string): string | undefined;
  /** Addresses behind a load balancer's host name. */
  loadBalancer(dnsName: string): string[] | undefined;
  /** Whether a load balancer has a healthy target now. */
  targetsHealthy(dnsName: string): boolean;
  /**
   * Addresses behind an instance's private or public host name; `source`, who asks, makes it the view from
   * that VPC.
   */
  instanceName(name: string, source?: string): string[] | undefined;
  /** Throws if the instance has no machine. */
  machine(instance: string): Machine;
  /** Cuts a region off from everything else, or brings it back; resolves when that is done. */
  cut(region: string, off: boolean): Promise<void>;
  /** Regions that are cut off. */
  failed(): ReadonlySet<string>;
  machines(): { id: string; region: string; name: string; state: string; on: boolean }[];
  stop(): Promise<void>;
}

const FIRST_STATE_SECONDS = 30;
const CUT_SECONDS = 30;

/**
 * Brings the emulator's account to life: routers, machines, load balancers, metadata; runs as root in the
 * box.
 */
export async function startCloud({ prepared, runDir, emulator, log, create }: CloudOptions): Promise<Cloud> {
  let state = EMPTY_STATE;
  const listeners = new Set<(state: CloudState) => void>();
  const client = new EmulatorClient(emulator);
  const credentials = new Credentials((role, session) => client.credentials(role, session));
  const metadata = new MetadataServer(runDir, { state: () => state, tokens: new Tokens(), credentials }, log);
  await metadata.start();
  const reconciler = new Reconciler({
    tools: new Tools(prepared.tools),
    runDir,
    metadata: metadata.socket,
    create: create ?? (await machineMaker(prepared, runDir)),
    log,
  });
  const take = (next: CloudState) => {
    state = next;
    reconciler.take(next);
    for (const listener of listeners) listener(next);
  };
  const feed = new Feed(emulator, take, log);
  const consoles = new ConsolePush((id, text) => client.putConsole(id, text), log);
  const loops = [
    new Every(
      "target health",
      1000,
      changedOnly(
        () => reconciler.balancers.health(),
        (report) => client.putTargetHealth(report),
      ),
      log,
    ).start(),
    new Every("consoles", 3000, () => consoles.push(reconciler.instances.machines()), log).start(),
    new Every("check", 5000, () => reconciler.check(), log).start(),
  ];
  take(await firstState(feed));
  feed.start();

  return {
    state: () => state,
    onState: (callback) => (listeners.add(callback), () => void listeners.delete(callback)),
    settled: (seconds = 180) => settled(feed, reconciler, seconds),
    regionOf: (source) =>
      vpcAsking(reconciler, state, source)?.region ?? ownerOfPublicAddress(state, source)?.region,
    loadBalancer: (dnsName) => balancerAddresses(state, dnsName),
    targetsHealthy: (dnsName) =>
      reconciler.balancers.hasHealthyTarget(balancerNamed(state, dnsName)?.balancer.dnsName ?? dnsName),
    instanceName: (name, source) =>
      instanceAddresses(
        state,
        name,
        source === undefined ? undefined : vpcAsking(reconciler, state, source)?.vpc,
      ),
    machine: (instance) => reconciler.instances.machine(instance),
    cut: async (region, off) => {
      if (off) reconciler.failed.add(region);
      else reconciler.failed.delete(region);
      reconciler.take(state);
      await settled(feed, reconciler, CUT_SECONDS);
    },
    failed: () => reconciler.failed,
    machines: () =>
      Object.entries(state.regions).flatMap(([region, content]) =>
        content.instances.map(({ id, tags, state }) => ({
          id,
          region,
          name: tags.Name ?? "",
          state,
          on: reconciler.instances.isOn(id),
        })),
      ),
    stop: async () => {
      await feed.stop();
      await Promise.all(loops.map((loop) => loop.stop()));
      await reconciler.stop();
      await metadata.stop();
      fs.rmSync(socketDir(runDir), { recursive: true, force: true });
    },
  };
}

/** The VPC whose resolver has `source` as its address. */
function vpcAsking(
  reconciler: Reconciler,
  state: CloudState,
  source: string,
): { region: string; vpc: string } | undefined {
  const number = source.match(/^198\.19\.(\d+)\.2$/)?.[1];
  const vpc = number === undefined ? undefined : reconciler.links.vpcOf(Number(number));
  const region = Object.entries(state.regions).find(([, content]) =>
    content.vpcs.some((one) => one.id === vpc),
  )?.[0];
  return vpc && region ? { region, vpc } : undefined;
}

async function machineMaker(
  prepared: Prepared,
  runDir: string,
): Promise<(spec: MachineSpec) => Promise<Machine>> {
  const { Machine: Real } = await import("../machines/machine");
  return (spec) => Real.create(spec, prepared, runDir);
}

/** Hands on what `read` gives, if it is not what it gave before. */
function changedOnly<T>(read: () => Promise<T>, send: (value: T) => Promise<void>): () => Promise<void> {
  let sent = "{}";
  return async () => {
    const value = await read();
    const text = JSON.stringify(value);
    if (text === sent) return;
    await send(value);
    sent = text;
  };
}

async function firstState(feed: Feed): Promise<CloudState> {
  const end = Date.now() + FIRST_STATE_SECONDS * 1000;
  for (;;) {
    try {
      return await feed.current();
    } catch (error) {
      if (Date.now() > end)
        throw new Error(
          `the emulator gave no state within ${FIRST_STATE_SECONDS} s: ${(error as Error).message}`,
        );
      await new Promise((done) => setTimeout(done, 100));
    }
  }
}

async function settled(feed: Feed, reconciler: Reconciler, seconds: number): Promise<void> {
  const end = Date.now() + seconds * 1000;
  const { version } = await feed.current();
  const open = () =>
    reconciler.version < version ? [`state ${version} has not come yet`] : reconciler.unsettled();
  while (open().length) {
    if (Date.now() > end)
      throw new Error(`the cloud has not settled within ${seconds} s:\n  ${open().join("\n  ")}`);
    await new Promise((done) => setTimeout(done, 50));
  }
}
