/** Objects that the cases are about, and the way they are made. */

import { Props } from "../../../../sandbox/providers/runtime";
import { Harness } from "../runtime/harness";
import { ApiServer } from "./api-server";

export const CONFIG_MAP = "kubernetes:core/v1:ConfigMap";
export const DEPLOYMENT = "kubernetes:apps/v1:Deployment";
export const SERVICE = "kubernetes:core/v1:Service";
export const NAMESPACE = "kubernetes:core/v1:Namespace";
export const CRD = "kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition";

/** What a case works with; filled before the first runs. */
export class Bench {
  server!: ApiServer;
  provider!: Harness;

  /** Check and create, as the engine does. */
  async create(
    token: string,
    inputs: Props,
  ): Promise<{ inputs: Props; id: string; outputs: Props; secrets: string[] }> {
    const checked = await this.provider.check(token, inputs);
    expect(checked.failures).toEqual([]);
    return { inputs: checked.inputs, ...(await this.provider.create(token, checked.inputs)) };
  }
}

export function configMap(name: string, data: Props, more: Props = {}): Props {
  return { apiVersion: "v1", kind: "ConfigMap", metadata: { name, ...more }, data };
}

export function deployment(name: string, replicas: number, annotations: Props = {}): Props {
  const template = { metadata: { labels: { app: name } }, spec: { containers: [{ name, image: "nginx" }] } };
  const spec = { replicas, selector: { matchLabels: { app: name } }, template };
  return { apiVersion: "apps/v1", kind: "Deployment", metadata: { name, annotations }, spec };
}

export function service(name: string, annotations: Props): Props {
  const spec = { type: "LoadBalancer", selector: { app: name }, ports: [{ port: 80 }] };
  return { apiVersion: "v1", kind: "Service", metadata: { name, annotations }, spec };
}
