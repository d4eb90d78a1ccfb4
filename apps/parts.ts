import { Patch } from "./json-patch";
import { isBalancer, isCounted, Manifest, Resource, title } from "./manifest";
import { AppSpec, balancerObject, deployment, serviceObject } from "./objects";
import { objectPatches, Override, workloadPatches } from "./overrides";
import type { Part } from "./part";
import type { MemberPlacement, Plan } from "./placement";
import { scaledBy } from "./scaling";
import { shares, Spread } from "./shares";

/** An app as the config gives it, every default filled in. */
export interface App extends Omit<AppSpec, "image"> {
  /** @default none: all that it has are its manifests */
  readonly image?: string;
  /** Objects beside the Deployment of `image`. */
  readonly manifests: readonly Resource[];
  /**
   * Replicas of all members together, or of each where they are duplicated. @default the workload's own
   */
  readonly replicas?: number;
  readonly spread: Spread;
  /** Bounds and weight of every member that takes part. */
  readonly placement: Readonly<Record<string, MemberPlacement>>;
  /** How members depart from the template, by member. */
  readonly overrides: Readonly<Record<string, Override>>;
  /** Whether objects that members have already are taken over. */
  readonly adopt: boolean;
  /** What becomes of its objects at a member that leaves the federation, or that it leaves. */
  readonly onRemove: OnRemove;
}

/** Whether objects go with the app, or stay where they are and run on. */
export type OnRemove = "delete" | "keep";

/** All objects of an app but its load balancer, which every member makes itself. */
export function resourcesOf(
  app: Pick<App, "name" | "namespace" | "image" | "service" | "manifests">,
): Resource[] {
  const { image, manifests } = app;
  const federated = manifests.filter(({ object }) => !isBalancer(object));
  if (image === undefined) return federated;
  // Another load balancer than the shorthand's says nothing about the container's port.
  const service = federated.length < manifests.length ? undefined : app.service;
  const object = deployment({ ...app, image, service });
  return [{ object, plural: "deployments", namespaced: true }, ...federated];
}

/** The workload that `replicas` and overrides without an object are for; undefined where several could be meant. */
export function mainWorkload(app: Pick<App, "image">, resources: readonly Resource[]): Resource | undefined {
  if (app.image !== undefined) return resources[0];
  const counted = resources.filter(({ object }) => isCounted(object));
  const templates = resources.filter(({ object }) => object.spec?.template);
  return [counted, templates].find((each) => each.length === 1)?.[0];
}

/**
 * What an app is made of at the federation.
 * @throws PlanError when a workload's replicas are outside of what the members may run.
 */
export function partsOf(app: App): Part[] {
  const resources = resourcesOf(app);
  const main = mainWorkload(app, resources);
  return resources.map((resource, index) => {
    const { object } = resource;
    const name = app.image !== undefined && index === 0 ? app.name : partName(app.name, object);
    const plan = isCounted(object) ? planOf(app, resource, resource === main) : undefined;
    return {
      ...resource,
      name,
      members: Object.keys(app.placement),
      plan,
      patches: patchesOf(app, object, resource === main),
      adopt: app.adopt,
      keep: app.onRemove === "keep",
      scaled: resources.some((other) => scaledBy(other.object, object)),
    };
  });
}

function planOf(app: App, { object }: Resource, main: boolean): Plan {
  const replicas = (main ? app.replicas : undefined) ?? object.spec?.replicas ?? 1;
  const own = Object.entries(app.overrides).flatMap(([member, override]): [string, number][] =>
    main && override.replicas !== undefined ? [[member, override.replicas]] : [],
  );
  return shares({ spread: app.spread, placement: app.placement, replicas, own: Object.fromEntries(own) });
}

function patchesOf(app: App, object: Manifest, main: boolean): Record<string, readonly Patch[]> {
  const compile = main ? workloadPatches : objectPatches;
  const all = Object.entries(app.overrides).map(([member, override]) => [
    member,
    compile(object, override).patches,
  ]);
  return Object.fromEntries(all);
}

/** `web-config-map-settings`: like the names of all resources of the program. */
function partName(app: string, { kind, metadata }: Manifest): string {
  const kebab = kind.replace(/(?<=[a-z0-9])(?=[A-Z])/g, "-").toLowerCase();
  return `${app}-${kebab}-${metadata.name.replace(/[^a-z0-9.-]/gi, ".").toLowerCase()}`;
}

/** The Service that every member makes, with the load balancer by which it is reached; undefined for none. */
export function balancerOf(app: App): Manifest | undefined {
  const written = app.manifests.find(({ object }) => isBalancer(object));
  if (written) return balancerObject(written.object);
  return app.service && serviceObject(app, app.service);
}

/** The port at which a member is asked over HTTP whether it answers; undefined where it may speak another protocol. */
export function askedPort(app: App): number | undefined {
  const [first] = balancerOf(app)?.spec.ports ?? [];
  const http = first && (first.port === 80 || /^http(-|$)/.test(first.appProtocol ?? first.name ?? ""));
  return http ? (first.nodePort ?? first.port) : undefined;
}

/** The port of the load balancer among an app's manifests; undefined where there is none. */
export function balancerPort(manifests: readonly Resource[]): { readonly port: number } | undefined {
  const balancer = manifests.find(({ object }) => isBalancer(object));
  return balancer && { port: balancer.object.spec.ports?.[0]?.port };
}

/** Replicas by member, of all workloads together: 0 for members that take part but run none. */
export function totals(app: App, parts: readonly Part[]): Plan {
  const sum = (member: string) => parts.reduce((all, { plan }) => all + (plan?.[member] ?? 0), 0);
  return Object.fromEntries(Object.keys(app.placement).map((member) => [member, sum(member)]));
}

/** Replicas behind each member's load balancer, by the plan; 1 for each workload that is not counted, such as a DaemonSet. */
export function replicasBehind(app: App, parts: readonly Part[] = partsOf(app)): Plan {
  const balancer = balancerOf(app);
  const wanted = Object.entries(balancer?.spec.selector ?? {});
  const behind = parts.filter(({ object }) => {
    const labels = object.spec?.template?.metadata?.labels ?? {};
    return balancer && wanted.every(([name, value]) => labels[name] === value) && object.spec?.template;
  });
  const sum = (member: string) => behind.reduce((all, { plan }) => all + (plan ? (plan[member] ?? 0) : 1), 0);
  return Object.fromEntries(Object.keys(app.placement).map((member) => [member, sum(member)]));
}

/** Members whose load balancer has pods behind it, by the plan. */
export function servingMembers(app: App, parts: readonly Part[] = partsOf(app)): string[] {
  const replicas = replicasBehind(app, parts);
  return Object.keys(replicas).filter((member) => replicas[member] > 0);
}

/** How an app's objects are found in a member, where they do not bear its name as a label. */
export interface Finding {
  readonly namespace: string;
  /** Of its workloads' pods, one each, as Kubernetes' API takes them. */
  readonly selectors: readonly string[];
  /** Name of the Service with its load balancer. */
  readonly balancer?: string;
}

/** How to find what an app's manifests made; undefined for an app that has none. */
export function findingOf(app: App): Finding | undefined {
  if (app.manifests.length === 0) return undefined;
  const selectors = resourcesOf(app).flatMap(({ object }) => selectorOf(object) ?? []);
  return { namespace: app.namespace, selectors, balancer: balancerOf(app)?.metadata.name };
}

/** What selects a workload's pods; undefined for objects without any. */
export function selectorOf({ apiVersion, kind, metadata, spec }: Manifest): string | undefined {
  if (apiVersion === "batch/v1" && kind === "Job") return `batch.kubernetes.io/job-name=${metadata.name}`;
  const { matchLabels = {}, matchExpressions = [] } = spec?.template ? (spec.selector ?? {}) : {};
  const words: Readonly<Record<string, (key: string, values: string) => string>> = {
    In: (key, values) => `${key} in (${values})`,
    NotIn: (key, values) => `${key} notin (${values})`,
    Exists: (key) => key,
    DoesNotExist: (key) => `!${key}`,
  };
  const rules = [
    ...Object.entries(matchLabels).map(([key, value]) => `${key}=${value}`),
    ...matchExpressions.map(({ key, operator, values = [] }: any) => words[operator](key, values.join(","))),
  ];
  return rules.length > 0 ? rules.join(",") : undefined;
}

/** Workloads with volumes of their own whose replicas are divided: a volume stays in the member that made it. */
export function dividedVolumes(app: App): string[] {
  if (app.spread !== "divided" || Object.keys(app.placement).length < 2) return [];
  const withVolumes = resourcesOf(app).filter(({ object }) => {
    const claims = object.spec?.volumeClaimTemplates ?? [];
    const volumes: { persistentVolumeClaim?: object }[] = object.spec?.template?.spec?.volumes ?? [];
    return isCounted(object) && (claims.length > 0 || volumes.some((volume) => volume.persistentVolumeClaim));
  });
  return withVolumes.map(({ object }) => title(object));
}
