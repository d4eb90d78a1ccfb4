import { setTimeout as sleep } from "node:timers/promises";
import {
  ChangeResourceRecordSetsCommand,
  GetHostedZoneCommand,
  ListResourceRecordSetsCommand,
  ResourceRecordSet,
  Route53Client,
  waitUntilResourceRecordSetsChanged,
} from "@aws-sdk/client-route-53";
import { fail, setting } from "../regions/script";
import { WIDER } from "./hierarchy";
import { decide, formerPrefix, isAtOrBelow } from "./withdraw-decision";

/** Seconds until Route 53 has to have a change on all its servers. */
const CHANGE_TIMEOUT = 300;

/** Changes that Route 53 takes at once. */
const BATCH = 1000;

/** Everything at a name and below it, or in the whole zone. */
async function recordsFrom(
  route53: Route53Client,
  zone: string,
  name?: string,
): Promise<ResourceRecordSet[]> {
  const found: ResourceRecordSet[] = [];
  let next: { StartRecordName?: string; StartRecordType?: any; StartRecordIdentifier?: string } | undefined =
    {
      StartRecordName: name,
    };
  while (next) {
    const page: any = await route53.send(new ListResourceRecordSetsCommand({ HostedZoneId: zone, ...next }));
    const within = (each: string) => name === undefined || isAtOrBelow(each, name);
    found.push(...(page.ResourceRecordSets as ResourceRecordSet[]).filter((set) => within(set.Name!)));
    // Sorted from the domain down: a page that ends outside is the last one for this.
    next =
      page.IsTruncated && within(page.NextRecordName)
        ? {
            StartRecordName: page.NextRecordName,
            StartRecordType: page.NextRecordType,
            StartRecordIdentifier: page.NextRecordIdentifier,
          }
        : undefined;
  }
  return found;
}

/** What hierarchical names began with that an app had until now; undefined where it had none. */
async function prefixBefore(route53: Route53Client, zone: string, name: string, owner: string) {
  const { HostedZone } = await route53.send(new GetHostedZoneCommand({ Id: zone }));
  return formerPrefix(await recordsFrom(route53, zone, `svc.${HostedZone!.Name}`), name, owner);
}

async function main(): Promise<void> {
  const zone = setting("WITHDRAW_ZONE");
  const name = setting("WITHDRAW_NAME");
  const list = (text: string | undefined) => (text ?? "").split(",").filter(Boolean);
  const owner = setting("WITHDRAW_OWNER");
  const route53 = new Route53Client({ region: "us-east-1" });
  const wanted = process.env.WITHDRAW_PREFIX;
  const prefix = wanted ?? (await prefixBefore(route53, zone, name, owner));
  // Hierarchical names lie all over the zone.
  const records = await recordsFrom(route53, zone, prefix ? undefined : name);
  const { withdraw, refusals } = decide(records, {
    owner,
    type: setting("WITHDRAW_TYPE"),
    names: [name, ...list(process.env.WITHDRAW_FURTHER)],
    prefix,
    // While names go that are wanted no more, their users are still led to the next wider one.
    keep: [...list(setting("WITHDRAW_KEEP")), ...(prefix && !wanted ? [WIDER] : [])],
  });
  if (refusals.length > 0) throw new Error(refusals.join("\n"));
  if (withdraw.length === 0) return console.log(`${name}: nothing to withdraw`);

  for (let at = 0; at < withdraw.length; at += BATCH) {
    const { ChangeInfo: change } = await route53.send(
      new ChangeResourceRecordSetsCommand({
        HostedZoneId: zone,
        ChangeBatch: {
          Changes: withdraw
            .slice(at, at + BATCH)
            .map((set) => ({ Action: "DELETE", ResourceRecordSet: set })),
        },
      }),
    );
    await waitUntilResourceRecordSetsChanged(
      { client: route53, maxWaitTime: CHANGE_TIMEOUT, minDelay: 1, maxDelay: 10 },
      { Id: change!.Id! },
    );
  }
  const ttl = Number(setting("WITHDRAW_TTL"));
  const what = withdraw.map((set) => `${set.SetIdentifier} of ${set.Name}`).join(", ");
  console.log(`withdrew ${what}; waiting ${ttl} s`);
  await sleep(ttl * 1000);
}

if (require.main === module) {
  main().catch(fail());
}
