import * as path from "path";
import { parseArgs } from "util";
import { control } from "../box/control";
import { Client } from "../box/clients";
import { place } from "../box/place";
import { prepared } from "../prepare";
import { Answer, runInBox } from "./in-box";

/** `curl --from REGION URL`: asks as a user in that region would. */
export async function curl(args: readonly string[]): Promise<void> {
  const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, strict: false, options: { from: { type: "string", default: "us-west-2" } } });
  const answer = await curlFrom(String(values.from), ["-sS", ...positionals]);
  process.stdout.write(answer.stdout);
  process.exitCode = answer.code;
}

/** Runs curl in the client namespace of a region. */
export async function curlFrom(region: string, args: readonly string[]): Promise<Answer> {
  const client = await control<Client>(place().socket, "POST", "/client", { region });
  const tools = prepared().tools;
  return runInBox([path.join(tools, "ip"), "netns", "exec", client.netns, path.join(tools, "curl"), "--max-time", "10", ...args], { capture: true });
}
