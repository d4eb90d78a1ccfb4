import { setTimeout as sleep } from "node:timers/promises";
import {
  ChangeResourceRecordSetsCommand,
  ListResourceRecordSetsCommand,
  ResourceRecordSet,
  Route53Client,
  waitUntilResourceRecordSetsChanged,
} from "@aws-sdk/client-route-53";
import { fail, setting } from "../regions/script";
import { markerName, markerValue } from "./names";

/** Seconds until Route 53 has to have a change on all its servers. */
const CHANGE_TIMEOUT = 300;

/** What {@link decide} found. */
export interface Decision {
  /** Records to take away. */
  readonly withdraw: readonly ResourceRecordSet[];
  /** Why the name must not be touched at all. */
  readonly refusal?: string;
}

/** From what stands at a name and at its mark: which of this stack's records go, or why none may be touched. */
export function decide(
  name: string,
  owner: string,
  keep: readonly string[],
  records: readonly ResourceRecordSet[],
): Decision {
  const named = (wanted: string) => records.filter((record) => plain(record.Name) === plain(wanted));
  const marks = named(markerName(name)).flatMap((record) => record.ResourceRecords ?? []);
  const mark = marks[0]?.Value?.replace(/^"|"$/g, "");
  const held = named(name);
  if (mark !== undefined && mark !== markerValue(owner)) {
    return { withdraw: [], refusal: `${name} belongs to another stack (${mark}); take another dns.name` };
  }
  if (mark === undefined && held.length > 0) {
    const types = [...new Set(held.map((record) => record.Type))].join(", ");
    return {
      withdraw: [],
      refusal: `${name} has ${types} records that this stack did not make; remove them or take another dns.name`,
    };
  }
  return {
    withdraw: held.filter((record) => record.SetIdentifier && !keep.includes(record.SetIdentifier)),
  };
}

/** Route 53 ends names with a dot and writes some characters as octal numbers. */
function plain(name = ""): string {
  const text = name.replace(/\\(\d{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)));
  return text.replace(/\.$/, "").toLowerCase();
}

/** Everything at a name and at its mark. */
async function recordsAt(route53: Route53Client, zone: string, name: string): Promise<ResourceRecordSet[]> {
  const found: ResourceRecordSet[] = [];
  for (const start of [name, markerName(name)]) {
    let next:
      { StartRecordName?: string; StartRecordType?: any; StartRecordIdentifier?: string } | undefined = {
      StartRecordName: start,
    };
    while (next) {
      const page: any = await route53.send(
        new ListResourceRecordSetsCommand({ HostedZoneId: zone, ...next }),
      );
      const here = (page.ResourceRecordSets as ResourceRecordSet[]).filter(
        (set) => plain(set.Name) === plain(start),
      );
      found.push(...here);
      // Sorted by name: a page that ends with another name is the last one for this.
      const more = page.IsTruncated && plain(page.NextRecordName) === plain(start);
      next = more
        ? {
            StartRecordName: page.NextRecordName,
            StartRecordType: page.NextRecordType,
            StartRecordIdentifier: page.NextRecordIdentifier,
          }
        : undefined;
    }
  }
  return found;
}

async function main(): Promise<void> {
  const zone = setting("WITHDRAW_ZONE");
  const name = setting("WITHDRAW_NAME");
  const route53 = new Route53Client({ region: "us-east-1" });
  const records = await recordsAt(route53, zone, name);
  const keep = setting("WITHDRAW_KEEP").split(",").filter(Boolean);
  const { withdraw, refusal } = decide(name, setting("WITHDRAW_OWNER"), keep, records);
  if (refusal) throw new Error(refusal);
  if (withdraw.length === 0) return console.log(`${name}: nothing to withdraw`);

  const { ChangeInfo: change } = await route53.send(
    new ChangeResourceRecordSetsCommand({
      HostedZoneId: zone,
      ChangeBatch: { Changes: withdraw.map((set) => ({ Action: "DELETE", ResourceRecordSet: set })) },
    }),
  );
  await waitUntilResourceRecordSetsChanged(
    { client: route53, maxWaitTime: CHANGE_TIMEOUT, minDelay: 1, maxDelay: 10 },
    { Id: change!.Id! },
  );
  const ttl = Number(setting("WITHDRAW_TTL"));
  console.log(`${name}: withdrew ${withdraw.map((set) => set.SetIdentifier).join(", ")}; waiting ${ttl} s`);
  await sleep(ttl * 1000);
}

if (require.main === module) {
  main().catch(fail());
}
