import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { balancerAddress } from "../federation/balancer";
import type { Federation } from "../federation/federation";
import { FederatedNamespace } from "../federation/namespace";
import { gate, shownAt } from "../regions/gate";
import { until } from "../regions/poll";
import { silentEndpoints } from "./answering";
import { FederatedObject } from "./federated-object";
import { AppSpec, ServiceSpec, serviceObject } from "./objects";
import type { Override } from "./overrides";
import { Part, stamped } from "./part";
import { partsOf } from "./parts";
import { expandPlacement, Plan, PlacementInput } from "./placement";
import { overridePolicy, propagationPolicy } from "./policy";
import { unreadyMembers } from "./readiness";
import { candidate } from "./selection";
import type { Spread } from "./shares";

/** Arguments of {@link FederatedApp}. */
export interface FederatedAppArgs {
  readonly federation: Federation;
  readonly image: string;
  /** Replicas of all members together, or of each where they are duplicated. */
  readonly replicas: number;
  /** @default "divided" */
  readonly spread?: Spread;
  /** Bounds and weight by member or labels; `"*"` stands for every member that no other key selects. */
  readonly placement: PlacementInput;
  /** How members' copies depart from the template, by member. @default none does */
  readonly overrides?: Readonly<Record<string, Override>>;
  /** Port that users reach; *costs* one classic load balancer a member. @default none: no load balancers */
  readonly service?: ServiceSpec;
  /** @default "default" */
  readonly namespace?: string;
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
  /** Replicas by member, known at preview. Members that take part but run none have 0. */
  readonly plan: Plan;
  /** Host name of each member's load balancer, or its address where it has no name. */
  readonly endpoints: Readonly<Record<string, pulumi.Output<string>>>;
  /** What sends users here depends on these; given out when every member runs its share. */
  readonly ready: pulumi.Output<pulumi.Resource[]>;

  constructor(name: string, args: FederatedAppArgs, opts?: pulumi.ComponentResourceOptions) {
    super("federation:apps:FederatedApp", name, {}, opts);
    const { federation } = args;
    const { spread = "divided", overrides = {}, namespace: given = "default" } = args;
    const { image, replicas, service } = args;
    const members = federation.members.map((member) => candidate(member.name, member));
    const placement = expandPlacement(args.placement, members);
    const app = { name, namespace: given, image, service, replicas, spread, placement, overrides };
    const [part] = partsOf(app);
    this.plan = part.plan!;
    // Its only use: a preview shows how the plan changes, `us-west: 2 => 5`.
    new pulumi.Stash(`${name}-plan`, { input: this.plan }, { parent: this });

    const namespace = new FederatedNamespace(
      `${name}-namespace`,
      { federation, namespace: app.namespace },
      { parent: this },
    );
    const services = this.services(name, app, federation, namespace);
    const workload = this.workload(name, part, args, namespace);

    this.endpoints = Object.fromEntries(
      Object.entries(services).map(([member, each]) => [
        member,
        balancerAddress(each, `${name} at ${member}`),
      ]),
    );
    this.ready = this.running(app, part, args, [workload, ...Object.values(services)]);
    this.registerOutputs({ plan: this.plan, endpoints: this.endpoints });
  }

  /** A member that runs no replicas has its Service all the same: its load balancer is there when its turn comes. */
  private services(
    name: string,
    app: AppSpec,
    federation: Federation,
    namespace: FederatedNamespace,
  ): Record<string, k8s.core.v1.Service> {
    const { service: spec } = app;
    if (!spec) return {};
    const taking = federation.members.filter((member) => Object.hasOwn(this.plan, member.name));
    return Object.fromEntries(
      taking.map((member) => [
        member.name,
        new k8s.core.v1.Service(`${name}-${member.name}-service`, serviceObject(app, spec), {
          parent: this,
          provider: member.provider,
          dependsOn: [...member.ready, ...namespace.atMember[member.name]],
        }),
      ]),
    );
  }

  /** The policies before the Deployment: the only order in which no member ever runs more, or other, than it should. */
  private workload(name: string, part: Part, args: FederatedAppArgs, namespace: FederatedNamespace) {
    const { provider, ready } = args.federation;
    const opts = { parent: this, provider };
    const before = ready.apply((federated) => [
      ...federated,
      ...namespace.atFederation,
      ...(args.after ?? []),
    ]);
    const overrides = new k8s.apiextensions.CustomResource(`${name}-overrides`, overridePolicy(part), {
      ...opts,
      dependsOn: before,
    });
    const policy = new k8s.apiextensions.CustomResource(`${name}-policy`, propagationPolicy(part), {
      ...opts,
      dependsOn: overrides,
    });
    return new FederatedObject(`${name}-deployment`, stamped(part), { ...opts, dependsOn: policy });
  }

  /** Every member runs its share, and the load balancer of each that runs any lets it be reached. */
  private running(app: AppSpec, part: Part, args: FederatedAppArgs, after: readonly pulumi.Resource[]) {
    const kubeconfigs = pulumi.all(
      Object.fromEntries(args.federation.members.map((member) => [member.name, member.kubeconfig])),
    );
    const serving = Object.entries(this.endpoints).filter(([member]) => this.plan[member] > 0);
    const endpoints = pulumi.all(Object.fromEntries(serving));
    return gate(after, pulumi.all([kubeconfigs, endpoints]), async ([all, hosts]) => {
      const shares = Object.entries(this.plan).map(([member, count]) => ({
        member,
        count,
        kubeconfig: all[member],
      }));
      const wait = { what: `app ${app.name}`, timeout: args.timeout ?? 600, report: shownAt(this) };
      await until(wait, () => unreadyMembers(part, shares));
      const { service } = app;
      if (service) await until(wait, () => silentEndpoints(hosts, service.port));
    });
  }
}
