import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { STACK_TAG, stackTagValue } from "../operate/ownership";
import { apiClient, ApiCall } from "../regions/api-client";
import { gate, shownAt } from "../regions/gate";
import type { Member } from "../regions/member";
import { until } from "../regions/poll";
import type { Federation } from "./federation";

/** What to do about a namespace that is there already. */
const ADOPT =
  "set adopt to true at an app in it to have it used and left there when the app goes, or use another namespace";

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
              {
                provider: member.provider,
                dependsOn: freeNamespace(namespace, member, ADOPT, shownAt(this)),
              },
              // Not where it was found: there it must stay.
              { annotations: ownNamespace() },
            );
      this.atMember = Object.fromEntries(
        federation.members.map((member) => [member.name, [atMember(member)]]),
      );
      const labels = { "namespace.karmada.io/skip-auto-propagation": "true" };
      const own = { provider: federation.provider, dependsOn: federation.ready };
      this.atFederation = [make("federation", own, { labels })];
    }
    this.registerOutputs({});
  }
}

/** The mark of a namespace that this stack has made. */
export function ownNamespace(): Record<string, string> {
  return { [STACK_TAG]: stackTagValue(pulumi.getStack()) };
}

/** Given out when the cluster has no such namespace but ours: the provider would take any over, and delete it one day. */
export function freeNamespace(
  namespace: string,
  { name, ready, kubeconfig }: Pick<Member, "name" | "ready" | "kubeconfig">,
  remedy: string,
  report: (line: string) => void,
): pulumi.Output<pulumi.Resource[]> {
  const owner = stackTagValue(pulumi.getStack());
  const wait = { what: `namespace ${namespace} of ${name}`, timeout: PATIENCE, report };
  return gate(ready, kubeconfig, async (text) => {
    let fault: string | undefined;
    await until(wait, async () => {
      fault = await foreignNamespace(apiClient(text), namespace, owner);
      return undefined;
    });
    if (fault !== undefined) throw new Error(`member ${name} ${fault}: ${remedy}`);
  });
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
