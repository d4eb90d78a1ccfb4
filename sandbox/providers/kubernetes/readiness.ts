/**
 * When an object counts as ready, by kind: upstream's default waits (pulumi-kubernetes' provider/pkg/await), read from
 * the live object alone where that is enough.
 */

import { Props } from "../runtime";

/** Reads other objects that a verdict needs. */
export interface Surroundings {
  list(
    apiVersion: string,
    kind: string,
    namespace: string | undefined,
    labelSelector: string,
  ): Promise<Props[]>;
  get(
    apiVersion: string,
    kind: string,
    namespace: string | undefined,
    name: string,
  ): Promise<Props | undefined>;
}

export type Verdict =
  | { state: "ready" }
  | { state: "waiting"; message: string }
  /** It will not become ready by waiting. */
  | { state: "failed"; message: string };

export interface Rule {
  /** Seconds, without `customTimeouts` or the annotation. */
  timeout: number;
  check(live: Props, around: Surroundings): Verdict | Promise<Verdict>;
}

const READY: Verdict = { state: "ready" };
const waiting = (message: string): Verdict => ({ state: "waiting", message });
const failed = (message: string): Verdict => ({ state: "failed", message });

const MINUTES = 60;

export function condition(live: Props, type: string): Props | undefined {
  return live.status?.conditions?.find((item: Props) => item.type === type);
}

function reason(found: Props | undefined): string {
  return found ? ` ([${found.reason ?? found.status}] ${found.message ?? ""})` : "";
}

/** The controller has seen this generation; before, its status speaks of the last one. */
function unseen(live: Props): Verdict | undefined {
  const seen = live.status?.observedGeneration ?? 0;
  return seen >= (live.metadata.generation ?? 1)
    ? undefined
    : waiting("its controller has not seen the change yet");
}

function deployment(live: Props): Verdict {
  const early = unseen(live);
  if (early) return early;
  const wanted = live.spec.replicas ?? 1;
  const { updatedReplicas = 0, readyReplicas = 0 } = live.status;
  const available = condition(live, "Available");
  const progressing = condition(live, "Progressing");
  if (available?.status !== "True")
    return waiting(
      `${readyReplicas} of ${wanted} pods ready${reason(progressing?.status === "False" ? progressing : available)}`,
    );
  if (progressing?.status !== "True") return waiting(`not progressing${reason(progressing)}`);
  const done =
    updatedReplicas >= wanted && readyReplicas >= wanted && progressing.reason === "NewReplicaSetAvailable";
  return done
    ? READY
    : waiting(`${Math.min(updatedReplicas, readyReplicas)} of ${wanted} pods updated and ready`);
}

function statefulSet(live: Props): Verdict {
  const early = unseen(live);
  if (early) return early;
  const wanted = live.spec.replicas ?? 1;
  const { readyReplicas = 0, currentRevision, updateRevision, updatedReplicas = 0 } = live.status;
  const rolls = (live.spec.updateStrategy?.type ?? "RollingUpdate") === "RollingUpdate";
  const partition = live.spec.updateStrategy?.rollingUpdate?.partition ?? 0;
  if (readyReplicas < wanted) return waiting(`${readyReplicas} of ${wanted} pods ready`);
  if (!rolls || partition > 0 || currentRevision === updateRevision) return READY;
  return waiting(`${updatedReplicas} of ${wanted} pods updated`);
}

function daemonSet(live: Props): Verdict {
  const early = unseen(live);
  if (early) return early;
  const {
    desiredNumberScheduled: wanted = 0,
    updatedNumberScheduled: updated = 0,
    numberReady: ready = 0,
  } = live.status;
  if (live.spec.updateStrategy?.type === "OnDelete") return READY;
  return updated >= wanted && ready >= wanted
    ? READY
    : waiting(`${Math.min(updated, ready)} of ${wanted} pods updated and ready`);
}

function job(live: Props): Verdict {
  if (live.spec.suspend) return READY;
  const broken = condition(live, "Failed");
  if (broken?.status === "True") return failed(`the job failed${reason(broken)}`);
  if (condition(live, "Complete")?.status === "True") return READY;
  return waiting(`${live.status?.succeeded ?? 0} of ${live.spec.completions ?? 1} completions`);
}

function pod(live: Props): Verdict {
  const { phase } = live.status ?? {};
  if (phase === "Succeeded" || condition(live, "Ready")?.status === "True") return READY;
  if (phase === "Failed")
    return failed(
      `the pod failed${reason({ reason: live.status.reason ?? phase, message: live.status.message })}`,
    );
  return waiting(
    `phase ${phase ?? "unknown"}${reason(condition(live, "PodScheduled")?.status === "False" ? condition(live, "PodScheduled") : condition(live, "Ready"))}`,
  );
}

async function service(live: Props, around: Surroundings): Promise<Verdict> {
  const { type = "ClusterIP", clusterIP, selector } = live.spec;
  const selects = selector && Object.keys(selector).length > 0;
  if (type !== "ExternalName" && clusterIP !== "None" && selects) {
    const { namespace, name } = live.metadata;
    const slices = await around.list(
      "discovery.k8s.io/v1",
      "EndpointSlice",
      namespace,
      `kubernetes.io/service-name=${name}`,
    );
    const ready = slices.some((slice) =>
      slice.endpoints?.some((endpoint: Props) => endpoint.conditions?.ready !== false),
    );
    if (!ready)
      return waiting("no ready pods behind it: are they ready, and does spec.selector match their labels?");
  }
  if (type === "LoadBalancer" && !live.status?.loadBalancer?.ingress?.length)
    return waiting("no load balancer yet: does the cloud's controller run?");
  return READY;
}

function ingress(live: Props): Verdict {
  return live.status?.loadBalancer?.ingress?.length
    ? READY
    : waiting("no load balancer yet: does its ingress controller run?");
}

async function volumeClaim(live: Props, around: Surroundings): Promise<Verdict> {
  const phase = live.status?.phase;
  if (phase === "Bound") return READY;
  if (phase === "Lost") return failed("its volume is lost");
  const className = live.spec.storageClassName;
  const storageClass = className
    ? await around.get("storage.k8s.io/v1", "StorageClass", undefined, className)
    : undefined;
  // Such a claim is bound when a pod comes that uses it, which may be much later.
  if (storageClass?.volumeBindingMode === "WaitForFirstConsumer") return READY;
  return waiting(`phase ${phase ?? "unknown"}, not Bound`);
}

function volume(live: Props): Verdict {
  const phase = live.status?.phase;
  if (phase === "Available" || phase === "Bound") return READY;
  return phase === "Failed"
    ? failed(live.status.message ?? "the volume failed")
    : waiting(`phase ${phase ?? "unknown"}`);
}

/** A service account's token is put in by a controller; readers of the secret need it. */
function secret(live: Props): Verdict {
  if (live.type !== "kubernetes.io/service-account-token" || live.data?.token) return READY;
  return waiting("no token in it yet: does the service account exist?");
}

function quota(live: Props): Verdict {
  const known = Object.entries(live.spec.hard ?? {}).every(
    ([name]) => live.status?.hard?.[name] !== undefined,
  );
  return known ? READY : waiting("its controller has not taken it up yet");
}

const RULES: Record<string, Rule> = {
  "apps/v1/Deployment": { timeout: 10 * MINUTES, check: deployment },
  "apps/v1/StatefulSet": { timeout: 10 * MINUTES, check: statefulSet },
  "apps/v1/DaemonSet": { timeout: 10 * MINUTES, check: daemonSet },
  "batch/v1/Job": { timeout: 10 * MINUTES, check: job },
  "networking.k8s.io/v1/Ingress": { timeout: 10 * MINUTES, check: ingress },
  "v1/Pod": { timeout: 10 * MINUTES, check: pod },
  "v1/Service": { timeout: 10 * MINUTES, check: service },
  "v1/PersistentVolumeClaim": { timeout: 5 * MINUTES, check: volumeClaim },
  "v1/PersistentVolume": { timeout: 5 * MINUTES, check: volume },
  "v1/Secret": { timeout: 5 * MINUTES, check: secret },
  "v1/ResourceQuota": { timeout: 5 * MINUTES, check: quota },
};

/** The default wait of a kind; undefined = none. */
export function ruleOf(object: Props): Rule | undefined {
  return RULES[`${object.apiVersion}/${object.kind}`];
}
