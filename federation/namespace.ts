import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { STACK_TAG, stackTagValue } from "../operate/ownership";
import { apiClient, ApiCall } from "../regions/api-client";
import { gate, shownAt } from "../regions/gate";
import type { Member } from "../regions/member";
import { until } from "../regions/poll";
import type { Federation } from "./federation";

/** Seconds that a member's API may take to say whether it has the namespace. */
const PATIENCE = 60;

/** Arguments of {@link FederatedNamespace}. */
export interface FederatedNamespaceArgs {
  readonly federation: Federation;
  /** Its name, at the federation and at every member. `default` is there already, so nothing is made for it. */
  readonly namespace: string;
  /** Whether members may have it already: then it stays there, with what is not ours in it. @default false */
  readonly adopt?: boolean;
}

/**
 * A namespace at the federation and at every member, for all apps in it. Each member's own provider makes the member's:
 * Karmada would take those that it made away again, with all that is in them, when their member leaves.
 */
export class FederatedNamespace extends pulumi.ComponentResource {
  readonly name: string;
  /** What objects in it depend on at the federation. */
  readonly atFederation: readonly pulumi.Resource[];
  /** The same at each member. */
  readonly atMember: Readonly<Record<string, readonly pulumi.Resource[]>>;

  constructor(name: string, args: FederatedNamespaceArgs, opts?: pulumi.ComponentResourceOptions) {
    super("federation:federation:FederatedNamespace", name, {}, opts);
    const { federation, namespace, adopt = false } = args;
    this.name = namespace;
    if (namespace === "default") {
      this.atFederation = [];
      this.atMember = Object.fromEntries(federation.members.map(({ name: member }) => [member, []]));
    } else {
      const owner = stackTagValue(pulumi.getStack());
      const make = (where: string, own: pulumi.CustomResourceOptions, more: object) =>
        new k8s.core.v1.Namespace(
          `${name}-${where}`,
          { metadata: { name: namespace, ...more } },
          { parent: this, ...own },
        );
      const atMember = (member: Member) =>
        adopt
          ? make(
              member.name,
              { provider: member.provider, dependsOn: member.ready, retainOnDelete: true },
              {},
            )
          : make(
              member.name,
              { provider: member.provider, dependsOn: this.free(namespace, member, owner) },
              // Not where it was found: there it must stay.
              { annotations: { [STACK_TAG]: owner } },
            );
      this.atMember = Object.fromEntries(
        federation.members.map((member) => [member.name, [atMember(member)]]),
      );
      const labels = { "namespace.karmada.io/skip-auto-propagation": "true" };
      const { provider, shared } = federation;
      const dependsOn = shared ? this.freeAtFederation(namespace, federation, owner) : federation.ready;
      const mark = shared && { annotations: { [STACK_TAG]: owner } };
      this.atFederation = [make("federation", { provider, dependsOn }, { labels, ...mark })];
    }
    this.registerOutputs({});
  }

  /** Given out when the member has no such namespace but ours: the provider would take any over, and delete it one day. */
  private free(namespace: string, member: Member, owner: string): pulumi.Output<pulumi.Resource[]> {
    const check = this.check(namespace, `member ${member.name}`, owner);
    return gate(member.ready, member.kubeconfig, check);
  }

  /** The same at a federation that others use, too. */
  private freeAtFederation(namespace: string, federation: Federation, owner: string) {
    const checked = gate([], federation.kubeconfig, this.check(namespace, "the federation", owner));
    return pulumi.all([federation.ready, checked]).apply(([ready]) => ready);
  }

  private check(namespace: string, whose: string, owner: string) {
    return unlessTaken({ namespace, whose, owner, remedy: ADOPT, report: shownAt(this) });
  }
}

/** What to do about a namespace that is there already. */
const ADOPT =
  "set adopt to true at an app in it to have it used and left there when the app goes, or use another namespace";

/** A namespace that is to be made, and in whose cluster. */
export interface WantedNamespace {
  readonly namespace: string;
  /** The cluster as errors name it: `member us-east`. */
  readonly whose: string;
  /** The mark of those that this stack has made. */
  readonly owner: string;
  /** What to do about one that is not ours. */
  readonly remedy: string;
  readonly report: (line: string) => void;
}

/** Fails, given a kubeconfig, when its cluster has the namespace and it is not ours. */
export function unlessTaken(wanted: WantedNamespace): (kubeconfig: string) => Promise<void> {
  const { namespace, whose, owner, remedy, report } = wanted;
  const wait = { what: `namespace ${namespace} of ${whose}`, timeout: PATIENCE, report };
  return async (kubeconfig) => {
    let fault: string | undefined;
    await until(wait, async () => {
      fault = await foreignNamespace(apiClient(kubeconfig), namespace, owner);
      return undefined;
    });
    if (fault !== undefined) throw new Error(`${whose} ${fault}: ${remedy}`);
  };
}

/** Why a namespace cannot be made, since there is one that is not ours; undefined when there is none or it is. */
export async function foreignNamespace(
  get: ApiCall,
  namespace: string,
  owner: string,
): Promise<string | undefined> {
  const { status, body } = await get(`/api/v1/namespaces/${namespace}`);
  if (status === 404) return undefined;
  if (status !== 200) throw new Error(`answers ${status}: ${body?.message ?? body}`);
  const by = body.metadata.annotations?.[STACK_TAG];
  if (by === owner) return undefined;
  const whose = by === undefined ? "that this stack has not made" : `of stack ${by}`;
  return `has a namespace ${namespace} already, ${whose}`;
}
