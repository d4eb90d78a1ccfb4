import * as pulumi from "@pulumi/pulumi";
import { kubeconfigOf, kubeconfigText } from "./kubeconfig";
import type { Pki } from "./pki";
import { readyOrTold } from "./ready";

/** The administrator's kubeconfig of a cluster of our own, secret. */
export function operatorsKubeconfig(
  context: string,
  endpoint: pulumi.Output<string>,
  pki: Pki,
): pulumi.Output<string> {
  const { certificate, key } = pki.admin;
  return pulumi.secret(
    pulumi
      .all([endpoint, pki.caCertificate, certificate, key])
      .apply(([server, caCertificate, clientCertificate, clientKey]) =>
        kubeconfigText(kubeconfigOf({ context, server, caCertificate, clientCertificate, clientKey })),
      ),
  );
}

/** What {@link whenReady} waits for. */
export interface ReadyArgs {
  /** The member's component: its progress is shown there. */
  readonly cluster: pulumi.Resource & { readonly name: string; readonly region: string };
  readonly kubeconfig: pulumi.Output<string>;
  /** Instances of the control plane, whose consoles tell why it does not answer. */
  readonly instanceIds: readonly pulumi.Output<string>[];
  /** All that the API needs in order to answer. */
  readonly foundation: readonly pulumi.Resource[];
  /** Seconds from a node's start. */
  readonly timeout: number;
  /** Whether it hosts the federation. @default false */
  readonly host?: boolean;
  /** Whether nobody will ever answer. */
  readonly lost: boolean;
}

/**
 * The kubeconfig, when the API answers. Its value, and no output made of the instances: the engine would take a node's
 * replacement for a new cluster, and show every object in it as changed. What it needs is the provider's `dependsOn`.
 *
 * @throws in an `up`, when the API does not answer in time, with the consoles' last lines.
 */
export function whenReady(args: ReadyArgs): pulumi.Output<string> {
  const { cluster, kubeconfig, timeout, host } = args;
  // A preview must not wait for what it does not make, and nobody for what is lost.
  if (pulumi.runtime.isDryRun() || args.lost) return kubeconfig;
  const made = pulumi.all(args.foundation.map(({ urn }) => urn));
  const answered = new Promise<string>((resolve, reject) => {
    pulumi.all([kubeconfig, pulumi.all([...args.instanceIds]), made]).apply(async ([text, instanceIds]) => {
      const wait = {
        member: cluster.name,
        region: cluster.region,
        kubeconfig: text,
        instanceIds,
        timeout,
        host,
      };
      try {
        await readyOrTold(wait, cluster);
        resolve(text);
      } catch (error) {
        reject(error);
      }
    });
  });
  return pulumi.secret(answered);
}
