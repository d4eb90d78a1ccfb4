import * as path from "node:path";
import { Balancers } from "./apply-balancers";
import { Instances, type Machine } from "./apply-instances";
import { Peerings } from "./apply-peerings";
import { PublicRoutes, publicRoutes, type Router, Routers } from "./apply-routers";
import type { BalancerPlan } from "./balancers";
import { desired } from "./desired";
import type { InstancePlan } from "./instances";
import { Keep } from "./keep";
import { Links } from "./links";
import { MetadataProxies } from "./metadata-server";
import type { PeeringLink } from "./peerings";
import type { PlannedRoute } from "./routers";
import type { CloudState } from "./state";
import type { Tools } from "./tools";
import { Volumes } from "./volumes";
import type { MachineSpec } from "../machines/machine";

export interface ReconcilerParts {
  tools: Tools;
  runDir: string;
  /** Socket of the metadata server. */
  metadata: string;
  create(spec: MachineSpec): Promise<Machine>;
  log(line: string): void;
}

/**
 * One way from state to world: what should exist is derived, and each kind of object is kept so by a {@link
 * Keep}.
 */
export class Reconciler {
  readonly links: Links;
  readonly balancers: Balancers;
  readonly instances: Instances;
  private readonly proxies: MetadataProxies;
  private readonly keeps: {
    routers: Keep<Router>;
    peerings: Keep<PeeringLink>;
    routes: Keep<PlannedRoute[]>;
    proxies: Keep<string>;
    balancers: Keep<BalancerPlan>;
    volumes: Keep<number>;
    instances: Keep<InstancePlan>;
  };
  /** Version of the state that was taken up last. */
  version = -1;
  /** Regions that are cut off. */
  readonly failed = new Set<string>();

  constructor(private readonly parts: ReconcilerParts) {
    const { tools, runDir, create, log } = parts;
    this.links = new Links(path.join(runDir, "cloud", "links.json"));
    const routerReady = (vpc: string) => this.keeps.routers.applied(vpc);
    const volumes = new Volumes(runDir, (id) => this.instances.isAttached(id));
    this.balancers = new Balancers(tools, runDir, routerReady, (key) => this.keeps.balancers.poke(key), log);
    this.proxies = new MetadataProxies(tools, runDir, routerReady, (vpc) => this.keeps.proxies.poke(vpc));
    const plugged = (vpc: string) => (this.keeps.routers.poke(vpc), this.keeps.routers.applied(vpc));
    this.instances = new Instances(create, volumes, routerReady, plugged, log);
    this.keeps = {
      routers: new Keep("router", new Routers(tools, this.links), log),
      peerings: new Keep("peering", new Peerings(tools, routerReady, plugged), log),
      routes: new Keep(
        "routes of the box",
        new PublicRoutes(tools, () => this.keeps.routers.unsettled().length === 0),
        log,
      ),
      proxies: new Keep("metadata service", this.proxies, log),
      balancers: new Keep("load balancer", this.balancers, log),
      volumes: new Keep("volume", volumes, log),
      instances: new Keep("instance", this.instances, log, 32),
    };
  }

  /** Takes up a state; what it asks for comes about by and by. */
  take(state: CloudState): void {
    const want = desired(state, (vpc) => this.links.of(vpc), this.failed);
    const { routers, peerings, routes, proxies, balancers, volumes, instances } = this.keeps;
    routers.sync(want.routers);
    peerings.sync(want.peerings);
    routes.sync(new Map([["public", publicRoutes(want.routers.values())]]));
    proxies.sync(new Map([...want.routers.keys()].map((vpc) => [vpc, this.parts.metadata])));
    balancers.sync(want.balancers);
    volumes.sync(want.volumes);
    instances.sync(want.instances);
    this.version = state.version;
  }

  /** Looks whether all is still as it was left. */
  check(): void {
    this.keeps.routers.pokeAll();
    this.keeps.peerings.pokeAll();
    this.keeps.routes.pokeAll();
    for (const id of this.instances.fallen()) this.keeps.instances.poke(id);
  }

  unsettled(): string[] {
    return Object.values(this.keeps).flatMap((keep) => keep.unsettled());
  }

  /** Ends all loops and processes and removes machines and routers; volumes stay. */
  async stop(): Promise<void> {
    const { routers, routes, ...others } = this.keeps;
    await Promise.all(Object.values(others).map((keep) => keep.stop()));
    await Promise.all([this.balancers.stop(), this.proxies.stop(), this.instances.stop()]);
    for (const keep of [routes, routers]) {
      keep.sync(new Map());
      const end = Date.now() + 10_000;
      while (keep.ids().length && Date.now() < end) await new Promise((done) => setTimeout(done, 20));
      await keep.stop();
    }
  }
}
