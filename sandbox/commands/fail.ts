import { control } from "../box/control";
import { place } from "../box/place";

/** `fail REGION`: cuts its machines, load balancers and AWS's API there off from everything else, until `heal`. */
export async function fail(args: readonly string[]): Promise<void> {
  const region = only(args, "fail");
  await cut(region, true);
  console.log(`${region} is cut off; bring it back with: npm run sandbox -- heal ${region}`);
}

/** `heal REGION`: brings it back; nothing in it was switched off. */
export async function heal(args: readonly string[]): Promise<void> {
  const region = only(args, "heal");
  await cut(region, false);
  console.log(`${region} is back`);
}

/** Cuts a region off or brings it back; throws for one in which the account has nothing. */
export async function cut(region: string, off: boolean): Promise<void> {
  await control(place().socket, "POST", "/cut", { region, off });
}

function only(args: readonly string[], verb: string): string {
  if (args.length !== 1) throw new Error(`${verb} which region? npm run sandbox -- ${verb} us-east-2`);
  return args[0];
}
