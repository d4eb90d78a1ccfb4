/** The provider's own inputs, with the environment's word where they are silent, as upstream. */

import { Props } from "../runtime";
import { PATIENCE, Patience } from "./client";
import { Cluster } from "./cluster";
import { readAccess } from "./kubeconfig";
import { Mutability } from "./immutable";

export interface Settings {
  /** The cluster; throws if the kubeconfig cannot be used. */
  cluster(): Cluster;
  /** Begins to find out whether it answers; the calls that come know what was found. */
  lookForCluster(): void;
  /** For namespaced objects that name none. */
  namespace: string;
  mutable: Mutability;
  serverSideApply: boolean;
  deleteUnreachable: boolean;
  skipUpdateUnreachable: boolean;
}

export function settingsOf(config: Props): Settings {
  const flag = (name: string, variable: string, standard: boolean) => {
    const given = config[name] ?? process.env[`PULUMI_K8S_${variable}`];
    return given === undefined || given === "" ? standard : String(given) === "true";
  };
  let cluster: Cluster | undefined;
  let fault: Error | undefined;
  let namespace: string = config.namespace || "default";
  try {
    const access = readAccess(config);
    cluster = new Cluster(access, patience(config.kubeClientSettings));
    namespace = access.namespace;
  } catch (error) {
    // Said when the cluster is needed: a stack that only shows its outputs must not fail over it.
    fault = new Error(`the Kubernetes provider's configuration: ${(error as Error).message}`);
  }
  return {
    cluster: () => {
      if (fault) throw fault;
      return cluster!;
    },
    // An error is one of the calls that come, too.
    lookForCluster: () =>
      void cluster?.client.call({ method: "GET", path: "/version" }).catch(() => undefined),
    namespace,
    mutable: {
      secrets: flag("enableSecretMutable", "ENABLE_SECRET_MUTABLE", false),
      configMaps: flag("enableConfigMapMutable", "ENABLE_CONFIGMAP_MUTABLE", false),
    },
    serverSideApply: flag("enableServerSideApply", "ENABLE_SERVER_SIDE_APPLY", true),
    deleteUnreachable: flag("deleteUnreachable", "DELETE_UNREACHABLE", false),
    skipUpdateUnreachable: flag("skipUpdateUnreachable", "SKIP_UPDATE_UNREACHABLE", false),
  };
}

/** No longer than the client's own time limit, seconds. */
function patience(given?: Props): Patience {
  const most = Number(given?.timeout ?? (process.env.PULUMI_K8S_CLIENT_TIMEOUT || Infinity)) * 1000;
  return { request: Math.min(PATIENCE.request, most), silence: Math.min(PATIENCE.silence, most) };
}
