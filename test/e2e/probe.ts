/**
 * Runs in the box: asks a member's API five times a second, as long as a file is there and half an hour at most, and
 * prints the longest time without an answer. `probe.ts MEMBER FILE`
 */
import { existsSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { contextOf } from "../../operate/contexts";
import { apiClient } from "../../regions/api-client";

async function main([member, file]: string[]): Promise<void> {
  const call = apiClient(contextOf(readFileSync(process.env.KUBECONFIG as string, "utf8"), member));
  const end = Date.now() + 1800_000;
  let [answered, longest, fault] = [Date.now(), 0, ""];
  const take = async () => {
    const { status } = await call("/api/v1/namespaces/default");
    if (status !== 200) throw new Error(`answers ${status}`);
    longest = Math.max(longest, Date.now() - answered);
    answered = Date.now();
  };
  while (existsSync(file) && Date.now() < end) {
    // Each question by itself: one that hangs must not hide that the next is answered.
    void take().catch((error: Error) => (fault = error.message));
    await sleep(200);
  }
  longest = Math.max(longest, Date.now() - answered);
  console.log(`longest without an answer: ${longest} ms${fault && ` (${fault})`}`);
}

void main(process.argv.slice(2)).then(() => process.exit());
