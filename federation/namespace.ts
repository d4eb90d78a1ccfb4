import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Federation } from "./federation";

/** Arguments of {@link FederatedNamespace}. */
export interface FederatedNamespaceArgs {
  readonly federation: Federation;
  /** Its name, at the federation and at every member. `default` is there already, so nothing is made for it. */
  readonly namespace: string;
  /** Whether members may have it already: then it stays there, with what is not ours in it. @default false */
  readonly adopt?: boolean;
}

/**
 * A namespace at the federation and at every member. Each member's own provider makes the member's: Karmada would take
 * those that it made away again, with all that is in them, when their member leaves.
 */
export class FederatedNamespace extends pulumi.ComponentResource {
  /** What objects in it depend on at the federation. */
  readonly atFederation: readonly pulumi.Resource[];
  /** The same at each member. */
  readonly atMember: Readonly<Record<string, readonly pulumi.Resource[]>>;

  constructor(name: string, args: FederatedNamespaceArgs, opts?: pulumi.ComponentResourceOptions) {
    super("federation:federation:FederatedNamespace", name, {}, opts);
    const { federation, namespace, adopt = false } = args;
    const metadata = { name: namespace };
    const labels = { "namespace.karmada.io/skip-auto-propagation": "true" };
    const make = (where: string, own: pulumi.CustomResourceOptions, more = {}) =>
      namespace === "default"
        ? []
        : [
            new k8s.core.v1.Namespace(
              `${name}-${where}`,
              { metadata: { ...metadata, ...more } },
              { parent: this, ...own },
            ),
          ];

    this.atMember = Object.fromEntries(
      federation.members.map((member) => [
        member.name,
        make(member.name, {
          provider: member.provider,
          dependsOn: [...member.ready],
          retainOnDelete: adopt,
        }),
      ]),
    );
    this.atFederation = make(
      "federation",
      { provider: federation.provider, dependsOn: federation.ready },
      { labels },
    );
    this.registerOutputs({});
  }
}
