import { parseArgs } from "util";
import { control } from "../box/control";
import { place } from "../box/place";

/** How many calls AWS had, and got in place of an answer. */
export interface FaultCounts {
  readonly asked: number;
  readonly throttled: number;
  readonly failed: number;
}

/** `faults [--throttled PERCENT] [--failed PERCENT]`: from now on AWS answers so many calls by an error; none without. */
export async function faults(args: readonly string[]): Promise<void> {
  const options = { throttled: { type: "string" }, failed: { type: "string" } } as const;
  const { values } = parseArgs({ args: [...args], options });
  const [throttled, failed] = [percent("throttled", values.throttled), percent("failed", values.failed)];
  if (throttled + failed > 100)
    throw new Error(`--throttled and --failed are ${throttled + failed} % of all calls together`);
  const before = await control<FaultCounts>(place().socket, "POST", "/faults", {
    throttled: throttled / 100,
    failed: failed / 100,
  });
  console.log(`until now: ${told(before)}`);
  console.log(
    throttled + failed > 0
      ? `from now on AWS throttles ${throttled} % of all calls and fails at ${failed} %; end it with: npm run sandbox -- faults`
      : "from now on AWS answers every call",
  );
}

function percent(name: string, text = "0"): number {
  const value = Number(text);
  if (text.trim() === "" || !(value >= 0 && value <= 100))
    throw new Error(`--${name} takes a percentage from 0 to 100, not "${text}"`);
  return value;
}

function told({ asked, throttled, failed }: FaultCounts): string {
  return `${asked} calls, ${throttled} throttled, ${failed} failed`;
}
