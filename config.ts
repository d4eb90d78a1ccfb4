import { readdirSync, readFileSync, statSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import type { z } from "zod";
import { appResources } from "./config/app-resources";
import { AppInput, appSchema } from "./config/app-schema";
import { ControlPlaneConfig, settleControlPlane } from "./config/control-plane-checks";
import { crossChecks, declaredRanges } from "./config/cross-checks";
import { dnsWarnings } from "./config/dns-checks";
import { ExternalMemberInput, externalMemberSchema, isExternal } from "./config/external-schema";
import { ConfigError, Fault, join, schemaFaults, unknownKey } from "./config/faults";
import { givenCluster, givenClusters, Sources } from "./config/given";
import { ofKind } from "./config/member-kinds";
import { Ec2MemberInput, memberSchema } from "./config/member-schema";
import { sections, Timeouts, Validity, Versions } from "./config/schema";
import { expandOverrides } from "./config/override-checks";
import { expandPeering, Pair } from "./config/peering";
import { expandPlacement, PlacementRule, present } from "./config/placement";
import { relativeName } from "./config/record-checks";
import { warningsOf } from "./config/warnings";
import { coreDnsZoneSchema, ZoneInput } from "./config/zone-schema";
import { MemberRanges, planNetworks } from "./regions/cidr";
import type { Resource } from "./apps/manifest";
import type { Override } from "./apps/overrides";
import { balancerPort } from "./apps/parts";
import type { GivenCluster } from "./regions/given-kubeconfig";

export { ConfigError } from "./config/faults";
export type { ControlPlaneConfig, OwnControlPlane } from "./config/control-plane-checks";
export type { Pair } from "./config/peering";
export type { PlacementRule } from "./config/placement";
export type { Timeouts, Validity, Versions } from "./config/schema";

/** A member that the regions build: every default filled in, its address ranges planned. */
export interface Ec2MemberConfig extends Omit<Readonly<Ec2MemberInput>, "network" | "rollout"> {
  readonly network: MemberRanges & { readonly nat: "none" | "one" };
  readonly rollout: number;
}

/** A member that is there already. */
export interface ExternalMemberConfig extends Omit<Readonly<ExternalMemberInput>, "kubeconfig" | "context"> {
  readonly cluster: GivenCluster;
}

export type MemberConfig = Ec2MemberConfig | ExternalMemberConfig;

/** An app: `placement` and `overrides` name every member that they are for and that is not lost, `dns.name` is without the domain. */
export interface AppConfig extends Omit<Readonly<AppInput>, "placement" | "overrides" | "manifests"> {
  readonly placement: Readonly<Record<string, PlacementRule>>;
  readonly overrides: Readonly<Record<string, Override>>;
  /** Objects beside the Deployment of `image`; a load balancer among them is told by `service`, too. */
  readonly manifests: readonly Resource[];
}

/** The whole stack's config. */
export interface StackConfig {
  readonly domain: string;
  /** Who keeps it: a zone of Route 53, made or found, or CoreDNS on the host. */
  readonly zone: ZoneInput;
  /** The member that its control plane runs on; may be missing where that is there already. */
  readonly host?: string;
  readonly controlPlane: ControlPlaneConfig;
  readonly members: Readonly<Record<string, MemberConfig>>;
  readonly apps: Readonly<Record<string, AppConfig>>;
  readonly apiAccess: readonly string[];
  /** Members whose networks are joined. */
  readonly peering: readonly Pair[];
  readonly context: string;
  readonly versions: Versions;
  readonly timeouts: Timeouts;
  readonly certificates: Validity;
  /** What is allowed and yet deserves a word. */
  readonly warnings: readonly string[];
}

/** Project whose name is the config's namespace. */
const namespace = "federation";

const keys = [...Object.keys(sections), "members", "apps"];

const noSources: Sources = {
  file: () => {
    throw new Error("no files here");
  },
  list: () => undefined,
  value: () => undefined,
};

/**
 * Checks the stack's config and fills in its defaults.
 *
 * @param raw the keys under `federation:`, as objects.
 * @param sources where the kubeconfigs of external members are read; nowhere unless given.
 * @throws {ConfigError} naming everything that is wrong at once.
 */
export function parseConfig(raw: unknown, sources = noSources): StackConfig {
  const input = isObject(raw) ? raw : {};
  const block = isObject(input.controlPlane) ? input.controlPlane : {};
  const kubeconfigs = secretNames(input.members, block.existing);
  const faults: Fault[] = Object.keys(input)
    .filter((key) => !keys.includes(key) && !kubeconfigs.includes(key))
    .map((key) => unknownKey(key, key, input[key], keys));

  const section = <K extends keyof typeof sections>(key: K): z.output<(typeof sections)[K]> | undefined =>
    check<z.output<(typeof sections)[K]>>(
      sections[key] as unknown as z.ZodType<never>,
      input[key],
      key,
      faults,
    );
  const domain = section("domain");
  const zone = isObject(input.zone)
    ? check<ZoneInput>(coreDnsZoneSchema, input.zone, "zone", faults)
    : section("zone");
  const host = section("host");
  const controlPlane = section("controlPlane");
  if (input.host === undefined && block.existing === undefined) {
    faults.push({ path: "host", value: undefined, remedy: "name the member that hosts the federation" });
  }
  const apiAccess = section("apiAccess");
  const network = section("network");
  const peering = section("peering");
  const context = section("context");
  const versions = section("versions");
  const rollout = section("rollout");
  const timeouts = section("timeouts");
  const certificates = section("certificates");
  const schemaOf = (entry: unknown) => (isExternal(entry) ? externalMemberSchema : memberSchema);
  const members = entries<Ec2MemberInput | ExternalMemberInput>(schemaOf, input.members, "members", faults);
  const apps = entries(() => appSchema, input.apps ?? {}, "apps", faults);
  const names = isObject(input.members) ? Object.keys(input.members) : [];
  if (isObject(input.members) && names.length === 0) {
    faults.push({ path: "members", value: {}, remedy: "name at least one member" });
  }
  const external = ofKind(members, "external");
  const given = givenClusters(external, domain ?? "", sources);
  const existing =
    controlPlane?.existing &&
    givenCluster("controlPlane.existing", controlPlane.existing, { name: context ?? "" }, sources);
  const { resources, ...read } = appResources(apps, sources);
  const checked = {
    domain,
    zone,
    host,
    controlPlane,
    context,
    members,
    names,
    apps,
    resources,
    network,
    peering,
  };
  faults.push(...crossChecks(checked), ...given.faults, ...(existing?.faults ?? []), ...read.faults);
  if (faults.length > 0) throw new ConfigError(faults);

  const there = present({ members, names });
  const { ranges } = planNetworks(ofKind(members, "ec2"), network!.pools, declaredRanges(external));
  const config = {
    domain: domain!,
    zone: zone!,
    host,
    controlPlane: existing ? { existing: existing.cluster! } : settleControlPlane(controlPlane!),
    apiAccess: apiAccess!,
    peering: expandPeering(peering!, members),
    context: context!,
    versions: versions!,
    timeouts: timeouts!,
    certificates: certificates!,
    members: mapValues(members, (member, name): MemberConfig => {
      if (member.kind === "external") {
        const { kubeconfig: _, context: __, ...rest } = member;
        return { ...rest, cluster: given.clusters[name] };
      }
      const network = { nat: member.network.nat, ...ranges[name] };
      return { ...member, rollout: member.rollout ?? rollout!, network };
    }),
    apps: mapValues(apps, (app, name) => ({
      ...app,
      manifests: resources[name]!,
      service: app.service ?? balancerPort(resources[name]!),
      placement: expandPlacement(app, there),
      overrides: expandOverrides(app, there),
      dns: app.dns && { ...app.dns, name: relativeName(app.dns.name, domain!)! },
    })),
  };
  return {
    ...config,
    warnings: [
      ...warningsOf(config),
      ...dnsWarnings(config),
      ...given.warnings,
      ...(existing?.warnings ?? []),
    ],
  };
}

/** The stack's config, read from the engine once. */
export function readConfig(): StackConfig {
  const all = pulumi.runtime.allConfig();
  const own = Object.entries(all).filter(([key]) => key.startsWith(`${namespace}:`));
  return parseConfig(
    Object.fromEntries(own.map(([key, value]) => [key.slice(namespace.length + 1), decode(value)])),
    {
      file: (path) => readFileSync(path, "utf8"),
      list: (path) => (statSync(path).isDirectory() ? readdirSync(path).sort() : undefined),
      value: (name) => all[`${namespace}:${name}`],
    },
  );
}

/** Config values that hold kubeconfigs, of members and of an existing control plane: keys of the stack's own choice. */
function secretNames(members: unknown, existing: unknown): string[] {
  const all = isObject(members) ? Object.values(members).filter(isExternal) : [];
  const kubeconfigs = all.map((member) => (member as { kubeconfig?: unknown }).kubeconfig);
  return [...kubeconfigs, existing].flatMap((kubeconfig) =>
    isObject(kubeconfig) && typeof kubeconfig.secret === "string" ? [kubeconfig.secret] : [],
  );
}

/** The engine hands objects and numbers over as JSON, texts as they are. */
function decode(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return value; // a plain text, such as the domain
  }
}

/**
 * Checks each entry of a map by itself. An entry with a fault goes on without the keys that are at fault, where the
 * schema can do without them, so that one fault hides no other.
 */
function entries<T>(
  schemaOf: (entry: unknown) => z.ZodType<T>,
  input: unknown,
  path: string,
  faults: Fault[],
): Record<string, T> {
  if (!isObject(input)) {
    faults.push({ path, value: input, remedy: `must be a map from name to ${path.slice(0, -1)}` });
    return {};
  }
  const checked = Object.entries(input).flatMap(([name, value]) => {
    const before = faults.length;
    const schema = schemaOf(value);
    const entry =
      check(schema, value ?? {}, join(path, name), faults) ??
      partial(schema, value, faults.slice(before), join(path, name));
    return entry === undefined ? [] : [[name, entry] as const];
  });
  return Object.fromEntries(checked);
}

function partial<T>(
  schema: z.ZodType<T>,
  input: unknown,
  faults: readonly Fault[],
  path: string,
): T | undefined {
  if (!isObject(input)) return undefined;
  const bad = new Set(faults.map((fault) => fault.path.slice(path.length + 1).split(".")[0]));
  if (bad.has("network")) return undefined; // its default ranges might overlap where the meant ones do not
  if (bad.has("service")) bad.add("dns"); // it needs a service, and one was meant to be there
  return schema.safeParse(Object.fromEntries(Object.entries(input).filter(([key]) => !bad.has(key)))).data;
}

function check<T>(schema: z.ZodType<T>, input: unknown, path: string, faults: Fault[]): T | undefined {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  faults.push(...schemaFaults(schema, input, path, result.error));
  return undefined;
}

function mapValues<T, U>(record: Record<string, T>, map: (value: T, key: string) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value, key)]));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
