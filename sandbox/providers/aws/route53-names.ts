import type { ResourceRecordSet } from "@aws-sdk/client-route-53";
import type { Props } from "../runtime/types";

/** A zone's id without the `/hostedzone/` that the API puts before it. */
export function bareZoneId(id: string): string {
  return id.replace(/^\/hostedzone\//, "");
}

/** Lower case, no final dot. */
export function normalName(name: string): string {
  return name.replace(/\.$/, "").toLowerCase();
}

/** A record's full name: upstream lets the program leave the zone's name off. Octal escapes of `*` are undone. */
export function fullName(name: string, zone: string): string {
  const [short, domain] = [normalName(name).replace(/\\052/g, "*"), normalName(zone)];
  if (short === "" || short === domain) return domain;
  return short.endsWith(`.${domain}`) ? short : `${short}.${domain}`;
}

/** `zone_name_type[_set]`, upstream's record id. */
export function recordId(inputs: Props): string {
  const parts = [bareZoneId(inputs.zoneId), normalName(inputs.name), inputs.type, inputs.setIdentifier];
  return parts.filter((part) => part !== undefined && part !== "").join("_");
}

/** The inverse; a name may itself hold underscores, a type never does. */
export function parseRecordId(id: string): Props {
  const match =
    /^([A-Z0-9]+)_(.*?)_?(?<=_)(A|AAAA|CAA|CNAME|DS|HTTPS|MX|NAPTR|NS|PTR|SOA|SPF|SRV|SSHFP|SVCB|TLSA|TXT)(?:_(.+))?$/.exec(
      id,
    );
  if (!match) throw new Error(`${id} is not a record's id: <zone id>_<name>_<type>[_<set identifier>]`);
  const [, zoneId, name, type, setIdentifier] = match;
  return { zoneId, name, type, ...(setIdentifier ? { setIdentifier } : {}) };
}

/** TXT and SPF values stand in quotes on the wire, not in the program. */
export function quoted(type: string, value: string): string {
  if (type !== "TXT" && type !== "SPF") return value;
  return value.startsWith('"') && value.endsWith('"') && value.length > 1 ? value : `"${value}"`;
}

export function unquoted(type: string, value: string): string {
  return type === "TXT" || type === "SPF" ? value.replace(/^"|"$/g, "") : value;
}

/** The API's record set of a record's inputs. */
export function recordSet(inputs: Props, zone: string): ResourceRecordSet {
  const alias = inputs.aliases?.[0];
  const geo = inputs.geolocationRoutingPolicies?.[0];
  return {
    Name: fullName(inputs.name, zone),
    Type: inputs.type,
    AliasTarget: alias && {
      DNSName: alias.name,
      HostedZoneId: alias.zoneId,
      EvaluateTargetHealth: alias.evaluateTargetHealth,
    },
    TTL: alias ? undefined : inputs.ttl,
    ResourceRecords: alias
      ? undefined
      : (inputs.records ?? []).map((value: string) => ({ Value: quoted(inputs.type, value) })),
    SetIdentifier: inputs.setIdentifier || undefined,
    HealthCheckId: inputs.healthCheckId || undefined,
    Region: inputs.latencyRoutingPolicies?.[0]?.region,
    Weight: inputs.weightedRoutingPolicies?.[0]?.weight,
    Failover: inputs.failoverRoutingPolicies?.[0]?.type,
    GeoLocation: geo && {
      ContinentCode: geo.continent,
      CountryCode: geo.country,
      SubdivisionCode: geo.subdivision,
    },
    MultiValueAnswer: inputs.multivalueAnswerRoutingPolicy || undefined,
  };
}

/** Inputs of the API's record set. */
export function recordInputs(set: ResourceRecordSet): Props {
  const alias = set.AliasTarget;
  const geo = set.GeoLocation;
  return {
    aliases: alias && [
      {
        name: normalName(alias.DNSName!).replace(/^dualstack\./, ""),
        zoneId: alias.HostedZoneId,
        evaluateTargetHealth: alias.EvaluateTargetHealth ?? false,
      },
    ],
    failoverRoutingPolicies: set.Failover && [{ type: set.Failover }],
    fqdn: normalName(set.Name!).replace(/^\\052/, "*"),
    geolocationRoutingPolicies: geo && [
      {
        continent: geo.ContinentCode ?? "",
        country: geo.CountryCode ?? "",
        subdivision: geo.SubdivisionCode ?? "",
      },
    ],
    healthCheckId: set.HealthCheckId,
    latencyRoutingPolicies: set.Region && [{ region: set.Region }],
    multivalueAnswerRoutingPolicy: set.MultiValueAnswer,
    records: alias
      ? undefined
      : (set.ResourceRecords ?? []).map((record) => unquoted(set.Type!, record.Value!)),
    setIdentifier: set.SetIdentifier,
    ttl: alias ? undefined : set.TTL,
    type: set.Type,
    weightedRoutingPolicies: set.Weight === undefined ? undefined : [{ weight: set.Weight }],
  };
}
