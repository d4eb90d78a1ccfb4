import * as path from "path";
import { control } from "../box/control";
import { Client } from "../box/clients";
import { place } from "../box/place";
import { prepared } from "../prepare";
import { Answer, runInBox } from "./in-box";

/** `curl --from REGION [OPTIONS OF CURL…] URL`: asks as a user in that region would. */
export async function curl(args: readonly string[]): Promise<void> {
  const from = args.indexOf("--from");
  const region = from < 0 ? "us-west-2" : args[from + 1];
  const rest = args.filter((_, at) => from < 0 || at < from || at > from + 1);
  if (!region || rest.length === 0) throw new Error("curl --from REGION URL: the region or the address is missing");
  const answer = await curlFrom(region, ["-sS", ...rest]);
  process.stdout.write(answer.stdout);
  process.exitCode = answer.code;
}

/** Runs curl in the client namespace of a region. */
export async function curlFrom(region: string, args: readonly string[]): Promise<Answer> {
  const client = await control<Client>(place().socket, "POST", "/client", { region });
  const tools = prepared().tools;
  return runInBox([path.join(tools, "ip"), "netns", "exec", client.netns, path.join(tools, "curl"), "--max-time", "10", ...args], { capture: true });
}
