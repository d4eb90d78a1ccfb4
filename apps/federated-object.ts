import * as pulumi from "@pulumi/pulumi";
import type { Manifest } from "./manifest";

/** What of a Secret is secret in the state, too. */
const SECRET = ["data", "stringData"];

/**
 * One object of any kind. The SDK's own classes are one for each kind that Kubernetes brings, and its class for all
 * others writes a type token for the core group that the provider cannot read.
 */
export class FederatedObject extends pulumi.CustomResource {
  constructor(name: string, object: Manifest, opts: pulumi.CustomResourceOptions) {
    const { apiVersion, kind } = object;
    const group = apiVersion.includes("/") ? apiVersion : `core/${apiVersion}`;
    const secret = kind === "Secret" ? SECRET : [];
    const inputs = Object.entries(object).map(([key, value]) => [
      key,
      secret.includes(key) ? pulumi.secret(value) : value,
    ]);
    super(`kubernetes:${group}:${kind}`, name, Object.fromEntries(inputs), {
      ...opts,
      additionalSecretOutputs: [...secret],
    });
  }
}
