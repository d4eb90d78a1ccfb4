import {
  ListTagsForResourcesCommand,
  paginateListHealthChecks,
  paginateListHostedZones,
  ListResourceRecordSetsCommand,
  type ListResourceRecordSetsResponse,
  Route53Client,
  TagResourceType,
} from "@aws-sdk/client-route-53";
import { markerValue } from "../dns/names";
import { stackTagValue, Owned, Tags } from "./ownership";

/** AWS's limit on the resources whose tags one call returns. */
const TAGS_AT_ONCE = 10;

/** Hosted zones and health checks by tag; in every zone the names that carry the stack's ownership marker. */
export async function findDns(
  region: string,
  stack: string,
  owned: (tags: Tags) => boolean,
): Promise<Owned[]> {
  const client = new Route53Client({ region });
  const zones: string[] = [];
  const checks: string[] = [];
  for await (const page of paginateListHostedZones({ client }, {}))
    zones.push(...(page.HostedZones ?? []).map((zone) => plainId(zone.Id)));
  for await (const page of paginateListHealthChecks({ client }, {}))
    checks.push(...(page.HealthChecks ?? []).map((check) => check.Id ?? ""));
  const found: Owned[] = [];
  for (const [kind, ids] of [
    ["hostedzone", zones],
    ["healthcheck", checks],
  ] as [TagResourceType, string[]][]) {
    for (let at = 0; at < ids.length; at += TAGS_AT_ONCE) {
      const { ResourceTagSets } = await client.send(
        new ListTagsForResourcesCommand({
          ResourceType: kind,
          ResourceIds: ids.slice(at, at + TAGS_AT_ONCE),
        }),
      );
      for (const set of ResourceTagSets ?? []) {
        if (owned(set.Tags))
          found.push({
            region: "global",
            kind: kind === "hostedzone" ? "hosted zone" : "health check",
            id: set.ResourceId ?? "",
          });
      }
    }
  }
  for (const zone of zones) found.push(...(await markers(client, zone, stack)));
  return found;
}

/** The names in a zone that carry the stack's ownership marker. */
async function markers(client: Route53Client, zone: string, stack: string): Promise<Owned[]> {
  const mark = markerValue(stackTagValue(stack));
  const found: Owned[] = [];
  let from: Partial<ListResourceRecordSetsResponse> | undefined = {};
  while (from) {
    const page: ListResourceRecordSetsResponse = await client.send(
      new ListResourceRecordSetsCommand({
        HostedZoneId: zone,
        StartRecordName: from.NextRecordName,
        StartRecordType: from.NextRecordType,
        StartRecordIdentifier: from.NextRecordIdentifier,
      }),
    );
    for (const set of page.ResourceRecordSets ?? []) {
      const owner =
        set.Type === "TXT" && set.ResourceRecords?.some((one) => one.Value?.replace(/^"|"$/g, "") === mark);
      if (owner) found.push({ region: "global", kind: "TXT record", id: set.Name ?? "" });
    }
    from = page.IsTruncated ? page : undefined;
  }
  return found;
}

const plainId = (id: string | undefined): string => (id ?? "").replace("/hostedzone/", "");
