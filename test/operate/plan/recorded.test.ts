import * as path from "node:path";
import { readPreview } from "../../../operate/plan/changes";
import { planMarkdown } from "../../../operate/plan/markdown";
import { recording } from "../recorded/record";

const now = new Date("2026-11-22T00:00:00Z");
const planOf = (name: string) =>
  planMarkdown(readPreview(recording(path.join(__dirname, `../recorded/${name}.jsonl.gz`))), {
    stack: "dev",
    now,
  });

/** A section's lines. */
const section = (text: string, title: string): string[] | undefined =>
  text.split(`### ${title}\n\n`)[1]?.split("\n\n")[0].split("\n");

describe("from 3 to 10 replicas, as the engine previewed it in the box", () => {
  const text = planOf("ten-replicas");

  test("A8: is one line of the plan", () => {
    expect(section(text, "Replicas")).toEqual(["- nginx: ap-northeast 1→3, us-east 0→2, us-west 2→5"]);
  });

  test("A10: makes the record that was missing and its check, and nothing of any member", () => {
    expect(text).toContain("2 to create, 4 to update, 397 unchanged.");
    expect(text).toContain("- `nginx-dns-us-east` aws:route53/record:Record");
    expect(text).toContain("- `nginx-dns-us-east-health` aws:route53/healthCheck:HealthCheck");
    const regions = section(text, "Resources by region")!.slice(2);
    expect(
      regions.map((row) =>
        row
          .split("|")
          .slice(1, 6)
          .map((cell) => cell.trim()),
      ),
    ).toEqual([
      ["everywhere", "2", "4", "", ""],
      ["ap-northeast-1", "", "", "", ""],
      ["us-east-2", "", "", "", ""],
      ["us-west-2", "", "", "", ""],
    ]);
  });

  test("B6: costs what a health check does, and no node", () => {
    expect(text).toMatch(/^\| everywhere .*\| 1\.50 → 2\.00 \|$/m);
    expect(text).toMatch(/^\| \*\*all\*\* .*\| 530\.56 → 531\.06 \|$/m);
  });

  test("replaces and deletes nothing, and no member comes or goes", () => {
    for (const title of ["Replaced", "Deleted", "Members"]) expect(section(text, title)).toBeUndefined();
  });
});
