import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { apiClient } from "../regions/api-client";
import { gate, shownAt } from "../regions/gate";
import { until } from "../regions/poll";
import { Crds } from "./crds";
import { encode64 } from "./base64";
import { missingKinds } from "./karmada-kinds";
import { CLUSTER_NAMESPACE, NAMESPACE, ports, serviceHost } from "./places";
import type { Program } from "./program";
import { mutatingWebhooks, validatingWebhooks } from "./webhooks";

const AGGREGATED = "karmada-aggregated-apiserver";

/** Arguments of {@link Registrations}. */
export interface RegistrationsArgs {
  /** Karmada release. */
  readonly version: string;
  /** PEM of the authority that signed the certificates of the webhook and the aggregated API. */
  readonly ca: pulumi.Output<string>;
  readonly kubeconfig: pulumi.Output<string>;
  /** Start these programs when Karmada's kinds are those of its release. */
  readonly aggregated: (kinds: readonly pulumi.Resource[]) => Program;
  readonly webhook: (kinds: readonly pulumi.Resource[]) => Program;
  /** Seconds until the API has to serve Karmada's kinds. */
  readonly timeout: number;
  /** Holds all that is made here, so that what goes with it is not deleted piece by piece. */
  readonly store: pulumi.Resource;
}

/** What makes a bare API server Karmada's: its kinds, its aggregated API, its webhooks, its namespaces. */
export class Registrations extends pulumi.ComponentResource {
  /** Given out when the API serves Karmada's kinds. */
  readonly serving: pulumi.Output<pulumi.Resource[]>;

  constructor(name: string, args: RegistrationsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("federation:federation:Registrations", name, {}, opts);
    const own = (dependsOn?: pulumi.Input<pulumi.Resource>[]): pulumi.CustomResourceOptions => ({
      parent: this,
      dependsOn,
      deletedWith: args.store,
    });
    const caBundle = args.ca.apply(encode64);

    const namespaces = [NAMESPACE, CLUSTER_NAMESPACE].map(
      (each) => new k8s.core.v1.Namespace(`${name}-${each}`, { metadata: { name: each } }, own()),
    );
    const crds = new Crds(
      `${name}-crds`,
      { version: args.version, ca: args.ca, store: args.store },
      { parent: this },
    );
    const aggregated = args.aggregated(crds.all);
    const webhook = args.webhook([...crds.all, aggregated.deployment]);
    const service = new k8s.core.v1.Service(
      `${name}-aggregated`,
      {
        metadata: {
          name: AGGREGATED,
          namespace: NAMESPACE,
          annotations: { "pulumi.com/skipAwait": "true" },
        },
        // The host's name for it: Karmada has no pods, so no addresses, of its own.
        spec: { type: "ExternalName", externalName: serviceHost(AGGREGATED) },
      },
      own([namespaces[0]]),
    );
    const api = new k8s.apiregistration.v1.APIService(
      `${name}-api`,
      {
        metadata: { name: "v1alpha1.cluster.karmada.io" },
        spec: {
          group: "cluster.karmada.io",
          version: "v1alpha1",
          groupPriorityMinimum: 2000,
          versionPriority: 10,
          caBundle,
          service: { name: AGGREGATED, namespace: NAMESPACE, port: ports.aggregated },
        },
      },
      own([service, aggregated.deployment]),
    );
    // Last: from here on every write of these kinds needs the webhook, and needs it to know them.
    const asked = [...crds.all, webhook.deployment, webhook.service!];
    const mutating = new k8s.admissionregistration.v1.MutatingWebhookConfiguration(
      `${name}-mutating`,
      { metadata: { name: "karmada" }, webhooks: args.ca.apply(mutatingWebhooks) },
      own(asked),
    );
    const validating = new k8s.admissionregistration.v1.ValidatingWebhookConfiguration(
      `${name}-validating`,
      { metadata: { name: "karmada" }, webhooks: args.ca.apply(validatingWebhooks) },
      own(asked),
    );
    this.serving = gate(
      [...namespaces, ...crds.all, api, mutating, validating],
      args.kubeconfig,
      (kubeconfig) =>
        until({ what: "Karmada's API serving its kinds", timeout: args.timeout, report: shownAt(this) }, () =>
          missingKinds(apiClient(kubeconfig)),
        ),
    );
    this.registerOutputs({});
  }
}
