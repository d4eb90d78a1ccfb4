import { latency } from "./latencies";
import type { CloudState } from "../cloud/state";

type Zone = CloudState["zones"][number];
type RecordSet = Zone["records"][number];

/** What a hosted zone says to one question: the chosen record sets, or whether the name exists at all. */
export interface ZoneAnswer {
  readonly records: readonly RecordSet[];
  readonly exists: boolean;
}

/** What decides among several record sets of one name. */
export interface Asker {
  /** The AWS region that the asking resolver is in. */
  readonly region: string;
  /** Whether a record set's health check, or the balancer that its alias follows, is good now; what lies in the zone itself is not its affair. */
  healthy(record: RecordSet): boolean;
  /** A number in [0, 1) for weighted choices. */
  random(): number;
}

const bare = (name: string): string => name.toLowerCase().replace(/\.$/, "").replace("\\052", "*");

/** The public zone that answers for a name: the one with the longest matching suffix. */
export function zoneOf(zones: readonly Zone[], name: string): Zone | undefined {
  const wanted = bare(name);
  return zones
    .filter((zone) => !zone.private)
    .filter((zone) => wanted === bare(zone.name) || wanted.endsWith(`.${bare(zone.name)}`))
    .sort((a, b) => b.name.length - a.name.length)[0];
}

/**
 * Answers one question from a zone as Route 53 does: exact name first, then wildcards from near to far; a CNAME
 * answers every type; among several sets the routing policy decides between the healthy ones, and when none is
 * healthy all count as healthy. https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/health-checks-how-route-53-chooses-records.html
 */
export function answerFromZone(zone: Zone, name: string, type: string, asker: Asker): ZoneAnswer {
  const sets = setsFor(zone, name);
  const ofType = sets.filter((set) => set.type === type);
  const candidates = ofType.length ? ofType : sets.filter((set) => set.type === "CNAME");
  if (!candidates.length) return { records: [], exists: sets.length > 0 };
  const healthy = candidates.filter((set) => well(zone, set, asker, 0));
  return { records: choose(healthy.length ? healthy : candidates, asker), exists: true };
}

/** Aliases that lead on to aliases, at most; deeper is a circle. */
const DEPTH = 8;

/**
 * A record set is well if it says so itself and, where it evaluates an alias into its own zone, any set there is: the
 * tree of https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-complex-configs.html
 */
function well(zone: Zone, set: RecordSet, asker: Asker, depth: number): boolean {
  if (!asker.healthy(set)) return false;
  if (!set.alias?.evaluate || set.alias.zone !== zone.id) return true;
  const below = setsFor(zone, set.alias.name).filter((one) => one.type === set.type);
  return depth < DEPTH && below.some((one) => well(zone, one, asker, depth + 1));
}

function setsFor(zone: Zone, name: string): RecordSet[] {
  const labels = bare(name).split(".");
  const named = (wanted: string) => zone.records.filter((set) => bare(set.name) === wanted);
  const exact = named(labels.join("."));
  if (exact.length) return exact;
  for (let depth = 1; depth < labels.length; depth++) {
    const wild = named(["*", ...labels.slice(depth)].join("."));
    if (wild.length) return wild;
  }
  return [];
}

function choose(sets: readonly RecordSet[], asker: Asker): readonly RecordSet[] {
  const first = sets[0];
  if (first.region) {
    const ms = (set: RecordSet) => latency(asker.region, set.region ?? "");
    return [[...sets].sort((a, b) => ms(a) - ms(b) || (a.setIdentifier ?? "").localeCompare(b.setIdentifier ?? ""))[0]];
  }
  if (first.failover) return [sets.find((set) => set.failover === "PRIMARY") ?? first];
  if (first.weight !== null) {
    // Sets of weight 0 come into it only when none of another weight is left, and then each is as likely as the next.
    const total = sets.reduce((sum, set) => sum + (set.weight ?? 0), 0);
    const share = (set: RecordSet) => (total > 0 ? (set.weight ?? 0) : 1);
    let point = asker.random() * (total || sets.length);
    return [sets.find((set) => (point -= share(set)) < 0) ?? first];
  }
  return sets;
}
