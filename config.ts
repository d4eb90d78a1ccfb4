import * as pulumi from "@pulumi/pulumi";
import type { z } from "zod";
import { crossChecks, expandPlacement, relativeName } from "./config/cross-checks";
import { ConfigError, Fault, join, schemaFaults, unknownKey } from "./config/faults";
import { AppInput, appSchema, MemberInput, memberSchema, sections, Timeouts, Versions } from "./config/schema";
import { warningsOf } from "./config/warnings";
import { MemberRanges, planNetworks } from "./regions/cidr";

export { ConfigError } from "./config/faults";
export type { Timeouts, Versions } from "./config/schema";

/** A member as the regions build it: every default filled in, its address ranges planned. */
export interface MemberConfig extends Omit<Readonly<MemberInput>, "network" | "rollout"> {
  readonly network: MemberRanges & { readonly nat: "none" };
  readonly rollout: number;
}

/** Bounds and share of one member in an app's placement. */
export interface PlacementRule {
  readonly min: number;
  readonly max: number;
  readonly weight: number;
}

/** An app: `placement` names every member that may run it, `dns.name` is without the domain. */
export interface AppConfig extends Omit<Readonly<AppInput>, "placement" | "overrides"> {
  readonly placement: Readonly<Record<string, PlacementRule>>;
}

/** The whole stack's config. */
export interface StackConfig {
  readonly domain: string;
  readonly zone: "create" | "existing";
  readonly host: string;
  readonly members: Readonly<Record<string, MemberConfig>>;
  readonly apps: Readonly<Record<string, AppConfig>>;
  readonly apiAccess: readonly string[];
  readonly context: string;
  readonly versions: Versions;
  readonly timeouts: Timeouts;
  /** What is allowed and yet deserves a word. */
  readonly warnings: readonly string[];
}

/** Project whose name is the config's namespace. */
const namespace = "federation";

/**
 * Checks the stack's config and fills in its defaults.
 *
 * @param raw the keys under `federation:`, as objects.
 * @throws {ConfigError} naming everything that is wrong at once.
 */
export function parseConfig(raw: unknown): StackConfig {
  const input = isObject(raw) ? raw : {};
  const faults: Fault[] = Object.keys(input)
    .filter((key) => !(key in sections))
    .map((key) => unknownKey(key, key, input[key], Object.keys(sections)));

  const section = <K extends keyof typeof sections>(key: K): z.output<(typeof sections)[K]> | undefined =>
    check(sections[key] as z.ZodType<z.output<(typeof sections)[K]>>, input[key], key, faults);
  const domain = section("domain");
  const zone = section("zone");
  const host = section("host");
  const apiAccess = section("apiAccess");
  const network = section("network");
  const context = section("context");
  const versions = section("versions");
  const rollout = section("rollout");
  const timeouts = section("timeouts");
  const members = entries(memberSchema, input.members, "members", faults);
  const apps = entries(appSchema, input.apps ?? {}, "apps", faults);
  if (isObject(input.members) && Object.keys(input.members).length === 0) {
    faults.push({ path: "members", value: {}, remedy: "name at least one member" });
  }

  const names = isObject(input.members) ? Object.keys(input.members) : [];
  faults.push(...crossChecks({ domain, host, members, names, apps, network }));
  if (faults.length > 0) throw new ConfigError(faults);

  const { ranges } = planNetworks(members, network!.pools);
  const config = {
    domain: domain!,
    zone: zone!,
    host: host!,
    apiAccess: apiAccess!,
    context: context!,
    versions: versions!,
    timeouts: timeouts!,
    members: mapValues(members, (member, name) => ({
      ...member,
      rollout: member.rollout ?? rollout!,
      network: { nat: member.network.nat, ...ranges[name] },
    })),
    apps: mapValues(apps, ({ overrides: _, ...app }) => ({
      ...app,
      placement: expandPlacement(app, names),
      dns: app.dns && { ...app.dns, name: relativeName(app.dns.name, domain!)! },
    })),
  };
  return { ...config, warnings: warningsOf(config) };
}

/** The stack's config, read from the engine once. */
export function readConfig(): StackConfig {
  const own = Object.entries(pulumi.runtime.allConfig()).filter(([key]) => key.startsWith(`${namespace}:`));
  return parseConfig(Object.fromEntries(own.map(([key, value]) => [key.slice(namespace.length + 1), decode(value)])));
}

/** The engine hands objects and numbers over as JSON, texts as they are. */
function decode(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return value; // a plain text, such as the domain
  }
}

/** Checks each entry of a map by itself, so that the good ones can still be checked against the rest. */
function entries<T>(schema: z.ZodType<T>, input: unknown, path: string, faults: Fault[]): Record<string, T> {
  if (!isObject(input)) {
    faults.push({ path, value: input, remedy: `must be a map from name to ${path.slice(0, -1)}` });
    return {};
  }
  const checked = Object.entries(input).map(([name, value]) => [name, check(schema, value ?? {}, join(path, name), faults)]);
  return Object.fromEntries(checked.filter(([, value]) => value !== undefined));
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
