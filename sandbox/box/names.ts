import type * as packet from "dns-packet";
import { answerFromZone, zoneOf } from "./zone-answers";
import type { Answer } from "./dns-server";
import type { CloudState } from "../cloud/state";

/** What the box's DNS knows of the world, asked anew for each question. */
export interface World {
  zones(): CloudState["zones"];
  /** Addresses of a load balancer by its host name. */
  loadBalancer(name: string): readonly string[] | undefined;
  /** Addresses of an instance by its private or public host name, as who asks sees them. */
  instance(name: string, source: string): readonly string[] | undefined;
  /** Whether the box's TLS edge answers for a name. */
  service(name: string): boolean;
  /** The AWS region that a source address asks from. */
  regionOf(source: string): string;
  /** Whether a health check is good now. */
  healthCheck(id: string): boolean;
  /** Whether a load balancer has a healthy target now. */
  targetsHealthy(name: string): boolean;
}

const HOST_TTL = 60;
const CHAIN_LIMIT = 8;
const DEFAULT_TTL = 300;

/** The box's names: load balancers and machines, what the edge serves, and the account's hosted zones. */
export function resolveIn(world: World, edge: string): (name: string, type: string, source: string) => Answer {
  const lookUp = (name: string, type: string, source: string, depth: number): Answer => {
    const wanted = name.toLowerCase().replace(/\.$/, "");
    const addresses = world.loadBalancer(wanted) ?? world.instance(wanted, source) ?? (world.service(wanted) ? [edge] : undefined);
    if (addresses) return { rcode: "NOERROR", records: type === "A" ? addresses.map((data) => ({ name, type: "A", ttl: HOST_TTL, data })) : [] };
    const zone = zoneOf(world.zones(), wanted);
    if (!zone || depth > CHAIN_LIMIT) return { rcode: "NXDOMAIN", records: [] };
    const answer = answerFromZone(zone, wanted, type, {
      region: world.regionOf(source),
      random: Math.random,
      healthy: (set) =>
        (!set.healthCheck || world.healthCheck(set.healthCheck)) &&
        (!set.alias?.evaluate || set.alias.zone === zone.id || world.targetsHealthy(set.alias.name.replace(/\.$/, ""))),
    });
    const records = answer.records.flatMap((set): packet.Answer[] => {
      if (set.alias) {
        const { name: target } = set.alias;
        // What stands at the target is told under the alias's own name; what that leads to further keeps its own.
        const under = (record: packet.Answer) => (record.name === target ? ({ ...record, name } as packet.Answer) : record);
        return lookUp(target, type, source, depth + 1).records.map(under);
      }
      const own = set.values.map((value) => toAnswer(name, set.type, set.ttl ?? DEFAULT_TTL, value));
      const further = set.type === "CNAME" && type !== "CNAME" ? lookUp(set.values[0], type, source, depth + 1).records : [];
      return [...own, ...further];
    });
    return { rcode: answer.exists ? "NOERROR" : "NXDOMAIN", records };
  };
  return (name, type, source) => lookUp(name, type, source, 0);
}

function toAnswer(name: string, type: string, ttl: number, value: string): packet.Answer {
  const plain = value.replace(/\.$/, "");
  switch (type) {
    case "TXT":
      return { name, type, ttl, data: value.match(/"((?:[^"\\]|\\.)*)"/g)?.map((part) => part.slice(1, -1)) ?? [value] };
    case "SOA": {
      const [mname, rname, serial, refresh, retry, expire, minimum] = value.split(/\s+/);
      return {
        name,
        type,
        ttl,
        data: { mname, rname, serial: Number(serial) || 1, refresh: Number(refresh), retry: Number(retry), expire: Number(expire), minimum: Number(minimum) },
      };
    }
    case "A":
    case "AAAA":
    case "CNAME":
    case "NS":
      return { name, type, ttl, data: plain };
    default:
      throw new Error(`the box's DNS cannot write a ${type} record (${name}); add it in sandbox/box/names.ts`);
  }
}
