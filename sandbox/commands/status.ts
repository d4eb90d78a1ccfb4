import * as path from "path";
import { table } from "../../operate/status/table";
import { control } from "../box/control";
import { checkout, place } from "../box/place";
import { curlFrom } from "./curl";
import { outputsFile, runInBox, stackOutputs } from "./in-box";

/** The program's own status of the stack, then who answers a client in each member's region; `--pods [APP]` the pods alone. */
export async function status(args: readonly string[] = []): Promise<void> {
  const { members = {}, records = {} } = stackOutputs();
  if (Object.keys(members).length === 0) {
    console.log("the stack is empty; bring it up with: npm start");
    return;
  }
  const script = path.join(checkout, "operate/status.ts");
  const answer = await runInBox([process.execPath, "--import", "tsx", script, "--outputs", outputsFile(), ...args]);
  if (answer.code !== 0) throw new Error("the stack's status could not be asked for");
  if (args.length > 0) return;
  const regions = [...new Set(Object.values(members).map(({ region }) => region))];
  // Hierarchical names lead to the same, and names with _ are asked by nobody.
  const all = Object.values(records).flat().map(({ name }) => name);
  const names = [...new Set(all.filter((name) => !name.startsWith("_") && !name.includes(".svc.")))];
  for (const name of names) console.log(table(["asked", "status", "address", "answered by", "answer"], await Promise.all(regions.map((region) => asked(name, region)))));
}

/** A row: what a user in a region gets of a name. */
async function asked(name: string, region: string): Promise<string[]> {
  const answer = await curlFrom(region, ["-sS", "-w", "\n%{http_code} %{remote_ip}", `http://${name}/`]);
  const lines = answer.stdout.trim().split("\n");
  const [code, address = ""] = (lines.pop() ?? "").split(" ");
  return [`curl http://${name}/ from ${region}`, code, address, (await regionOf(address)) ?? "?", textOf(lines.join(" ")).slice(0, 60)];
}

/** What a page says, without its markup. */
function textOf(page: string): string {
  return page.replace(/<(style|title)[\s\S]*?<\/\1>|<[^>]+>/g, " ").replace(/\s+/g, " ").trim();
}

/** The region of the load balancer that has an address. */
export async function regionOf(address: string): Promise<string | null> {
  return (await control<{ region: string | null }>(place().socket, "POST", "/where", { address })).region;
}
