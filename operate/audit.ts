/**
 * Proves that a destroy left nothing: lists, over every region of the account, what carries the stack's tag, its
 * clusters' tags or its DNS markers. Ends with `N left`; exit code 1 unless N is 0, 2 when it could not look.
 */
import { parseArgs } from "util";
import { DescribeRegionsCommand, EC2Client } from "@aws-sdk/client-ec2";
import { findBalancers } from "./find-balancers";
import { findBuckets } from "./find-buckets";
import { findDns } from "./find-dns";
import { findEc2 } from "./find-ec2";
import { findIdentities } from "./find-identities";
import { findParameters } from "./find-parameters";
import { GLOBAL_REGION, isOwned, Owned } from "./ownership";

/** Everything of the stack that the account still holds, sorted by region and ARN or id. */
export async function leftovers(stack: string): Promise<Owned[]> {
  const owned = isOwned(stack);
  const { Regions } = await new EC2Client({ region: GLOBAL_REGION }).send(new DescribeRegionsCommand({}));
  const regions = (Regions ?? []).map((region) => region.RegionName as string);
  if (!regions.length)
    throw new Error(
      "the account has no region switched on, or its credentials may not call ec2:DescribeRegions",
    );
  const found: Owned[][] = [
    await findDns(GLOBAL_REGION, stack, owned),
    await findIdentities(GLOBAL_REGION, owned),
    await findBuckets(GLOBAL_REGION, owned),
  ];
  // A few regions at a time: one by one is slow over the ocean, all at once is throttled.
  for (let at = 0; at < regions.length; at += 6) {
    const some = regions.slice(at, at + 6);
    found.push(
      ...(await Promise.all(
        some.map(async (region) => [
          ...(await findEc2(region, owned)),
          ...(await findBalancers(region, owned)),
          ...(await findParameters(region, owned)),
        ]),
      )),
    );
  }
  return found.flat().sort((a, b) => `${a.region} ${a.id}`.localeCompare(`${b.region} ${b.id}`));
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { stack: { type: "string" } } });
  if (!values.stack) throw new Error("of which stack? npm run audit -- --stack dev");
  const left = await leftovers(values.stack);
  for (const one of left) console.log(`${one.region}  ${one.kind}  ${one.id}`);
  console.log(`${left.length} left`);
  process.exitCode = left.length ? 1 : 0;
}

if (require.main === module) {
  main().catch((error: Error) => {
    console.error(`the audit could not look: ${error.message}`);
    process.exit(2);
  });
}
