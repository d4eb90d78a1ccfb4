import { control } from "../box/control";
import { place } from "../box/place";
import { stackOutputs } from "./in-box";
import { curlFrom } from "./curl";

interface MemberOutput {
  readonly region: string;
  readonly replicas: Record<string, number>;
  readonly loadBalancers: Record<string, string>;
}

/** The outputs that the table is made of; see index.ts. */
interface Outputs {
  readonly members?: Record<string, MemberOutput>;
  readonly records?: Record<string, { name: string; type: string; ttl: number; setIdentifier: string; value: string }[]>;
}

/** Members, replicas, load balancers and records of the stack, then who answers a client in each member's region. */
export async function status(): Promise<void> {
  const outputs = stackOutputs() as Outputs;
  const members = Object.entries(outputs.members ?? {});
  if (!members.length) {
    console.log("the stack is empty; bring it up with: npm start");
    return;
  }
  const apps = [...new Set(members.flatMap(([, member]) => Object.keys(member.replicas)))];
  table(["member", "region", ...apps.map((app) => `${app} replicas`), "load balancer"], members.map(([name, member]) => [name, member.region, ...apps.map((app) => String(member.replicas[app] ?? 0)), Object.values(member.loadBalancers).join(" ")]));
  const records = Object.values(outputs.records ?? {}).flat();
  table(["record", "type", "ttl", "set identifier", "value"], records.map((record) => [record.name, record.type, String(record.ttl), record.setIdentifier, record.value]));
  for (const name of [...new Set(records.map((record) => record.name))]) {
    const rows: string[][] = [];
    for (const region of [...new Set(members.map(([, member]) => member.region))]) {
      const answer = await curlFrom(region, ["-sS", "-w", "\n%{http_code} %{remote_ip}", `http://${name}/`]);
      const lines = answer.stdout.trim().split("\n");
      const [code, address] = (lines.pop() ?? "").split(" ");
      rows.push([`curl http://${name}/ from ${region}`, code, address, (await regionOf(address)) ?? "?", textOf(lines.join(" ")).slice(0, 60)]);
    }
    table(["asked", "status", "address", "answered by", "answer"], rows);
  }
}

/** What a page says, without its markup. */
function textOf(page: string): string {
  return page.replace(/<(style|title)[\s\S]*?<\/\1>|<[^>]+>/g, " ").replace(/\s+/g, " ").trim();
}

/** The region of the load balancer that has an address. */
export async function regionOf(address: string): Promise<string | null> {
  return (await control<{ region: string | null }>(place().socket, "POST", "/where", { address })).region;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): void {
  const widths = head.map((cell, column) => Math.max(cell.length, ...rows.map((row) => row[column].length)));
  const line = (row: readonly string[]) => row.map((cell, column) => cell.padEnd(widths[column])).join("  ").trimEnd();
  console.log(["", line(head), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join("\n"));
}
