import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { balancerAddress } from "../federation/balancer";
import type { Federation } from "../federation/federation";
import type { FederatedNamespace } from "../federation/namespace";
import { gate, shownAt } from "../regions/gate";
import type { Member } from "../regions/member";
import { until } from "../regions/poll";
import { silentEndpoints } from "./answering";
import { federate } from "./federate";
import type { Manifest, Resource } from "./manifest";
import type { ServiceSpec } from "./objects";
import type { Override } from "./overrides";
import type { Part } from "./part";
import {
  App,
  askedPort,
  balancerOf,
  Finding,
  findingOf,
  OnRemove,
  partsOf,
  servingMembers,
  totals,
} from "./parts";
import { expandPlacement, Plan, PlacementInput } from "./placement";
import { candidate } from "./selection";
import type { Spread } from "./shares";
import { untilRunning } from "./waiting";

/** Arguments of {@link FederatedApp}. */
export interface FederatedAppArgs {
  readonly federation: Federation;
  /** @default none: all that it has are its manifests */
  readonly image?: string;
  /** Objects beside the Deployment of `image`. @default none */
  readonly manifests?: readonly Resource[];
  /** Replicas of all members together, or of each where they are duplicated. @default the only workload's own */
  readonly replicas?: number;
  /** @default "divided" */
  readonly spread?: Spread;
  /** Bounds and weight by member or labels; `"*"` stands for every member that no other key selects. */
  readonly placement: PlacementInput;
  /** How members' copies depart from the template, by member. @default none does */
  readonly overrides?: Readonly<Record<string, Override>>;
  /** Port that users reach; *costs* one classic load balancer a member, unless it is one of the nodes. @default none: nobody is served */
  readonly service?: ServiceSpec;
  /** Where all of its objects are that live in one; other apps may share it. */
  readonly namespace: FederatedNamespace;
  /** Whether objects that members have already are taken over. @default false */
  readonly adopt?: boolean;
  /** What becomes of its objects at a member that leaves the federation, or that it leaves. @default "delete" */
  readonly onRemove?: OnRemove;
  /** What has to be done before replicas move, such as withdrawing the records of members that lose theirs. */
  readonly after?: readonly pulumi.Resource[];
  /** Seconds the members may take until they run their share. @default 600 */
  readonly timeout?: number;
}

/**
 * One app on the members of a federation: Karmada divides its replicas by the plan; each member's Service, with a load
 * balancer of its own, is made by that member's provider, since a federated one could not tell them apart.
 */
export class FederatedApp extends pulumi.ComponentResource {
  /** Replicas of all workloads by member, known at preview. Members that take part but run none have 0. */
  readonly plan: Plan;
  /** How members are asked for its objects; undefined where its name as a label finds them. */
  readonly finding?: Finding;
  /** Host name of each member's load balancer, or its address where it has no name; with a port of the nodes, the member's own. */
  readonly endpoints: Readonly<Record<string, pulumi.Output<string>>>;
  /** What sends users here depends on these; given out when every member runs its share. */
  readonly ready: pulumi.Output<pulumi.Resource[]>;

  constructor(name: string, args: FederatedAppArgs, opts?: pulumi.ComponentResourceOptions) {
    super("federation:apps:FederatedApp", name, {}, opts);
    const { federation } = args;
    const app = settle(name, args);
    const parts = partsOf(app);
    this.plan = totals(app, parts);
    this.finding = findingOf(app);
    // Their only use: a preview shows how a plan changes, `us-west: 2 => 5`.
    for (const part of parts.filter(({ plan }) => plan)) {
      new pulumi.Stash(`${part.name}-plan`, { input: part.plan }, { parent: this });
    }
    const { namespace } = args;
    const services = this.services(app, federation, namespace);
    const before = pulumi
      .output(federation.ready)
      .apply((federated) => [...federated, ...namespace.atFederation, ...(args.after ?? [])]);
    const wait = { what: `app ${name}`, timeout: args.timeout ?? 600, report: shownAt(this) };
    const objects = federate(parts, { name, federation, before, wait }, this);

    this.endpoints = endpointsOf(app, services, federation.members);
    this.ready = this.running(app, parts, args, [...objects, ...Object.values(services)]);
    this.registerOutputs({ plan: this.plan, endpoints: this.endpoints });
  }

  /** A member that runs no replicas has its Service all the same: its load balancer is there when its turn comes. */
  private services(
    app: App,
    federation: Federation,
    namespace: FederatedNamespace,
  ): Record<string, k8s.core.v1.Service> {
    const object = balancerOf(app);
    if (!object) return {};
    const taking = federation.members.filter((member) => Object.hasOwn(this.plan, member.name));
    return Object.fromEntries(
      taking.map((member) => [
        member.name,
        new k8s.core.v1.Service(`${app.name}-${member.name}-service`, serviceArgs(object), {
          parent: this,
          provider: member.provider,
          dependsOn: [...member.ready, ...namespace.atMember[member.name]],
          // A cluster that goes, too, clears itself of its load balancers before its nodes do.
          retainOnDelete: app.onRemove === "keep",
        }),
      ]),
    );
  }

  /** Every member runs its share, and the load balancer of each that runs any lets it be reached. */
  private running(
    app: App,
    parts: readonly Part[],
    args: FederatedAppArgs,
    after: readonly pulumi.Resource[],
  ) {
    const { federation } = args;
    const kubeconfigs = Object.fromEntries(
      federation.members.map(({ name, kubeconfig }) => [name, kubeconfig]),
    );
    const serving = servingMembers(app, parts).map((member) => [member, this.endpoints[member]]);
    const clusters = pulumi
      .all([pulumi.all(kubeconfigs), federation.kubeconfig])
      .apply(([members, karmada]) => ({ members, federation: karmada }));
    const endpoints = pulumi.all(Object.fromEntries(serving) as Record<string, pulumi.Output<string>>);
    return gate(after, pulumi.all([clusters, endpoints]), async ([all, hosts]) => {
      const wait = { what: `app ${app.name}`, timeout: args.timeout ?? 600, report: shownAt(this) };
      await untilRunning(wait, parts, all, (line) => void pulumi.log.warn(line, this));
      const port = askedPort(app);
      if (port !== undefined) await until(wait, () => silentEndpoints(hosts, port));
    });
  }
}

function settle(name: string, args: FederatedAppArgs): App {
  const { image, service, replicas } = args;
  const { spread = "divided", overrides = {}, manifests = [], adopt = false, onRemove = "delete" } = args;
  const members = args.federation.members.map((member) => candidate(member.name, member));
  const placement = expandPlacement(args.placement, members);
  return {
    name,
    namespace: args.namespace.name,
    image,
    service,
    manifests,
    replicas,
    spread,
    placement,
    overrides,
    adopt,
    onRemove,
  };
}

function endpointsOf(
  { name, service }: App,
  services: Readonly<Record<string, k8s.core.v1.Service>>,
  members: readonly Member[],
): Record<string, pulumi.Output<string>> {
  const entries = members.flatMap((member): [string, pulumi.Output<string>][] => {
    const each = services[member.name];
    if (!each) return [];
    if (service?.nodePort === undefined)
      return [[member.name, balancerAddress(each, `${name} at ${member.name}`)]];
    if (member.address !== undefined) return [[member.name, pulumi.output(member.address)]];
    throw new Error(
      `app ${name} has port ${service.nodePort} of the nodes, and member ${member.name} no address`,
    );
  });
  return Object.fromEntries(entries);
}

/** Typed as the SDK wants it; what is in it is the writer's. */
function serviceArgs({ metadata, spec }: Manifest): k8s.core.v1.ServiceArgs {
  return { metadata, spec };
}
