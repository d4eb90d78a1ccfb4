import { setTimeout as sleep } from "node:timers/promises";
import { table } from "../../operate/status/table";
import { control } from "../box/control";
import type { CheckedName } from "../box/failures";
import { place } from "../box/place";
import { curlFrom } from "./curl";
import { cut } from "./fail";
import { stackOutputs } from "./in-box";
import { regionOf } from "./status";

/** Seconds beyond what is promised that a drill goes on looking. */
const BEYOND = 60;

/** Who answers each asking region, undefined for nobody. */
export type Answers = Readonly<Record<string, string | undefined>>;

/** Asks a name from several regions at once. */
export type Ask = (name: string, regions: readonly string[]) => Promise<Answers>;

/**
 * Seconds until answers may still come from a region that fails: so long its health check needs to see it, and so long may a
 * resolver keep what it was told before.
 */
export function promised(checks: readonly CheckedName[], ttl: number): number {
  return Math.max(0, ...checks.map(({ interval, threshold }) => interval * threshold)) + ttl;
}

/**
 * Looks until every region has the answer that `good` wants.
 *
 * @returns seconds from now until each had it; undefined where it had not within the limit.
 */
export async function timed(
  ask: (regions: readonly string[]) => Promise<Answers>,
  regions: readonly string[],
  good: (answeredBy: string) => boolean,
  limit: number,
): Promise<Record<string, number | undefined>> {
  const began = Date.now();
  const seconds = () => (Date.now() - began) / 1000;
  const found: Record<string, number | undefined> = {};
  for (let open = [...regions]; open.length > 0 && seconds() < limit;) {
    const answers = await ask(open);
    for (const region of open) {
      const by = answers[region];
      if (by !== undefined && good(by)) found[region] = seconds();
    }
    open = open.filter((region) => found[region] === undefined);
    if (open.length > 0) await sleep(1000);
  }
  return Object.fromEntries(regions.map((region) => [region, found[region]]));
}

const askAll: Ask = async (name, regions) =>
  Object.fromEntries(
    await Promise.all(regions.map(async (from) => [from, await answeredBy(name, from)] as const)),
  );

async function answeredBy(name: string, from: string): Promise<string | undefined> {
  const answer = await curlFrom(from, [
    "-sS",
    "-o",
    "/dev/null",
    "-w",
    "%{http_code} %{remote_ip}",
    `http://${name}/`,
  ]);
  const [code, address] = answer.stdout.trim().split(" ");
  return answer.code === 0 && code === "200" ? ((await regionOf(address)) ?? undefined) : undefined;
}

/**
 * `drill REGION`: cuts the region off, times until everybody whom it answered is answered elsewhere, brings it back, and times
 * until it answers them again. Fails when somebody waits longer than health checks and TTL promise.
 */
export async function drill(args: readonly string[]): Promise<void> {
  const [region] = args;
  if (!region || args.length > 1) throw new Error("drill which region? npm run sandbox -- drill us-east-2");
  const { members = {}, records = {} } = stackOutputs();
  const asking = [...new Set(Object.values(members).map((member) => member.region))];
  const names = Object.values(records).flatMap((sets) => (sets.length > 0 ? [sets[0]] : []));
  if (names.length === 0) throw new Error("the stack has no record to ask for; bring one up with: npm start");
  const checks = await control<CheckedName[]>(place().socket, "GET", "/checks");
  let late = 0;
  for (const { name, ttl } of names) {
    const before = await askAll(name, asking);
    const its = asking.filter((from) => before[from] === region);
    if (its.length === 0) {
      console.log(`${region} answers nobody who asks for ${name}`);
      continue;
    }
    const limit = promised(checks, ttl);
    const ask = (regions: readonly string[]) => askAll(name, regions);
    const away = await whileCut(region, () => timed(ask, its, (by) => by !== region, limit + BEYOND));
    const back = await timed(ask, its, (by) => by === region, limit + BEYOND);
    const head = [`${name} from`, "elsewhere after", "by it again after", "promised"];
    const rows = its.map((from) => [from, shown(away[from]), shown(back[from]), `${limit} s`]);
    console.log(table(head, rows));
    late += its.filter((from) =>
      [away[from], back[from]].some((took) => took === undefined || took > limit),
    ).length;
  }
  if (late > 0) throw new Error(`${late} regions waited longer than interval × threshold + TTL`);
}

/** The region comes back however the look ends. */
async function whileCut<T>(region: string, look: () => Promise<T>): Promise<T> {
  await cut(region, true);
  try {
    return await look();
  } finally {
    await cut(region, false);
  }
}

const shown = (seconds: number | undefined): string =>
  seconds === undefined ? "never" : `${seconds.toFixed(0)} s`;
