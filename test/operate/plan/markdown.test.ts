import type { EngineEvent, OpType } from "@pulumi/pulumi/automation";
import { readPreview } from "../../../operate/plan/changes";
import { COMMENT_LIMIT, planMarkdown } from "../../../operate/plan/markdown";

const now = new Date("2026-11-21T00:00:00Z");
const state = (urn: string, more: object = {}) => ({
  ...{ type: "", urn, custom: true, id: "i", parent: "", provider: "", inputs: {}, outputs: {} },
  ...more,
});

/** A step as the engine tells of it. */
function step(op: OpType, type: string, name: string, more: object = {}): EngineEvent {
  const urn = `urn:pulumi:dev::federation::${type}::${name}`;
  const old = op === "create" ? undefined : state(urn);
  const metadata = {
    op,
    urn,
    type,
    provider: "",
    old,
    new: op === "delete" ? undefined : state(urn),
    ...more,
  };
  return { sequence: 1, timestamp: 1, resourcePreEvent: { metadata } };
}

const said = (severity: "error" | "warning" | "info", message: string, urn?: string): EngineEvent => ({
  ...{ sequence: 1, timestamp: 1 },
  diagnosticEvent: { severity, message, urn, color: "never" },
});

const markdown = (events: EngineEvent[]) => planMarkdown(readPreview(events), { stack: "dev", now });

const node = "aws:ec2/instance:Instance";

test("the steps of a replace are one line, in bold, with what forces it", () => {
  const more = {
    keys: ["userDataBase64"],
    diffs: ["userDataBase64", "tags"],
    detailedDiff: {
      "tags.Name": { diffKind: "update", inputDiff: true },
      userDataBase64: { diffKind: "update-replace", inputDiff: true },
    },
  };
  // What is deleted before it is replaced comes in this order; else the last is the first.
  const steps = (["delete-replaced", "replace", "create-replacement"] as OpType[]).map((op) =>
    step(op, node, "us-west-control-plane-0", more),
  );
  for (const events of [steps, [...steps].reverse()]) {
    const text = markdown(events);
    expect(text).toContain("1 to replace.");
    expect(text.match(/us-west-control-plane-0/g)).toHaveLength(1);
    expect(text).toContain(`- **\`us-west-control-plane-0\` ${node}**, forced by \`userDataBase64\``);
  }
});

test("a replace that no property forces is said to be what it depends on", () => {
  expect(markdown([step("replace", node, "a")])).toContain("forced by what it depends on");
});

test("a copy that waits for its deletion does not hide its successor, and is no delete of it", () => {
  const pending = step("delete", node, "a", { old: { ...state("a"), delete: true } });
  expect(markdown([pending, step("same", node, "a")])).toContain("Nothing changes.");
  expect(markdown([step("same", node, "a"), pending])).toContain("Nothing changes.");
});

test("what the engine only looks at is no change", () => {
  const looks = (["read", "refresh"] as OpType[]).map((op) => step(op, node, "a"));
  expect(markdown(looks)).toContain("Nothing changes.");
});

test("a preview that fails is a plan, too: what is wrong comes first, and nothing in it is taken for Markdown", () => {
  const text = markdown([
    step("create", node, "a"),
    said(
      "error",
      "<{%fg 1%}>members.us-west.region: `mars-1` is no region\n```` </details>",
      "urn:p:dev::f::pulumi:pulumi:Stack::federation-dev",
    ),
    said("warning", "apiAccess lets everybody in"),
    said("info", "looked at"),
  ]);
  expect(text).toContain("**The preview failed**; until then: 1 to create.");
  expect(text).toContain("pulumi:pulumi:Stack federation-dev: members.us-west.region: `mars-1` is no region");
  expect(text).not.toContain("fg 1");
  expect(text.match(/^````$/gm)).toHaveLength(4);
  expect(text.indexOf("### The preview failed")).toBeLessThan(text.indexOf("### Resources by region"));
  expect(text).toMatch(/### Warnings\n\n````\napiAccess lets everybody in\n````/);
  expect(text).not.toContain("looked at");
});

test("debug output, in which values stand, is never told", () => {
  const debug = said("debug" as "info", "obj={password: hunter2}");
  expect(markdown([debug, step("create", node, "a")])).not.toContain("hunter2");
});

/** The stack's outputs as they will be. */
function outputsEvent(outputs: object): EngineEvent {
  const urn = "urn:pulumi:dev::federation::pulumi:pulumi:Stack::federation-dev";
  const type = "pulumi:pulumi:Stack";
  const metadata = { op: "same" as OpType, urn, type, provider: "", new: state(urn, { outputs }) };
  return { sequence: 1, timestamp: 1, resOutputsEvent: { metadata } };
}

test("C4: a host that is no member is told as such", () => {
  const type = "federation:regions:ExternalCluster";
  const text = markdown([
    step("create", type, "f"),
    step("create", type, "f-a"),
    outputsEvent({ host: { name: "f", region: "munich" }, members: { "f-a": { region: "bonn" } } }),
  ]);
  expect(text).toContain(
    "- **added**: `f` (munich), which hosts the federation only\n- **added**: `f-a` (bonn)\n",
  );
});

test("a certificate's end is told two months before, not earlier, and not when only the up will know it", () => {
  const expiry = {
    "us-west": { admin: "2027-01-19T00:00:00Z", ca: "2036-01-01T00:00:00Z" },
    "us-east": { admin: "2026-11-20T00:00:00Z", ca: "04da6b54-80e4-46f7-96ec-b56ff0331ba9" },
  };
  const text = markdown([outputsEvent({ expiry })]);
  expect(text.split("### Certificates that end soon\n\n")[1]).toBe(
    "- `us-west` admin: 2027-01-19T00:00:00Z, in 59 days\n- `us-east` admin: 2026-11-20T00:00:00Z, in -1 days\n",
  );
});

test("a plan of a hundred regions fits GitHub's limit, with every replace and delete in it", () => {
  const many = (op: OpType, count: number) =>
    Array.from({ length: count }, (_, at) =>
      step(op, "kubernetes:core/v1:ConfigMap", `a-rather-long-name-of-${op}-${at}`),
    );
  const text = markdown([
    ...many("create", 3000),
    ...many("update", 2000),
    ...many("replace", 200),
    ...many("delete", 200),
  ]);
  expect(text.length).toBeLessThanOrEqual(COMMENT_LIMIT);
  for (const op of ["replace", "delete"])
    expect(text.match(new RegExp(`a-rather-long-name-of-${op}-`, "g"))).toHaveLength(200);
  expect(text).toContain("3000 to create, 2000 to update, 200 to replace, 200 to delete.");
  expect(text).toMatch(/cut: \d+ lines of Updated, 3000 lines of Created/);
});
