import * as fs from "node:fs";
import * as path from "node:path";
import { make } from "../../../sandbox/prepare/runner";
import { plan, type Step } from "../../../sandbox/prepare/step";
import { steps } from "../../../sandbox/prepare/steps";
import { superseded } from "../../../sandbox/prepare/superseded";
import { scratch } from "../../scratch";

const step = (
  name: string,
  pin: string,
  needs: string[] = [],
  make: Step["make"] = async () => undefined,
): Step => ({
  name,
  estimate: 1,
  needs,
  pins: () => [pin],
  make,
});
const keys = (list: Step[]): string[] => plan(list, "/c").map(({ key }) => key);

describe("plan of the preparation", () => {
  it("names every step's needs before it, with no name twice", () => {
    const planned = plan(steps, "/cache");
    expect(new Set(planned.map(({ path: where }) => where)).size).toBe(steps.length);
    for (const name of [
      "python",
      "debian",
      "tools",
      "base",
      "disk",
      "bin",
      "ca",
      "registry",
      "images",
      "crds",
    ]) {
      expect(planned.map((one) => one.name)).toContain(name);
    }
  });

  it("changes the keys of a changed part and of all that is made from it, and no other", () => {
    const before = keys([step("a", "1"), step("b", "1"), step("c", "1", ["a"]), step("d", "1", ["c"])]);
    const after = keys([step("a", "2"), step("b", "1"), step("c", "1", ["a"]), step("d", "1", ["c"])]);
    expect(before.map((key, index) => key === after[index])).toEqual([false, true, false, false]);
  });

  it("refuses a need that comes later and a name given twice", () => {
    expect(() => plan([step("a", "1", ["b"]), step("b", "1")], "/c")).toThrow(
      "step a needs b, which must come before it",
    );
    expect(() => plan([step("a", "1"), step("a", "2")], "/c")).toThrow("two steps are named a");
  });

  it("knows which parts newer ones replace", () => {
    const planned = plan([step("a", "1"), step("a-b", "1")], "/c");
    const [one, two] = planned.map(({ path: where }) => path.basename(where));
    const old = ["a-000000000000", "a-b-000000000000", `${one}.partial`];
    expect(superseded([one, two, ...old, "boxes", "downloads", "other-000000000000"], planned)).toEqual(old);
  });
});

describe("making", () => {
  const write =
    (text: string): Step["make"] =>
    async (build) =>
      fs.writeFileSync(path.join(build.partial, "file"), text);

  it("goes on after a failure where it stopped, and says which step failed, why and where its log is", async () => {
    const root = scratch();
    const made: string[] = [];
    let broken = true;
    const list = plan(
      [
        step("one", "", [], async (build) => (made.push("one"), write("1")(build))),
        step("two", "", ["one"], async (build) => {
          if (broken) await build.run("sh", ["-c", "echo some words; echo no space left >&2; exit 3"]);
          made.push(fs.readFileSync(path.join(build.part("one"), "file"), "utf8"));
        }),
      ],
      root,
    );
    const log = path.join(root, "logs/two.log");
    const failure = await make(list, root, () => undefined).catch((error: Error) => error);
    expect((failure as Error).message).toMatch(/^preparing two failed; its log is .*two\.log\n/);
    expect((failure as Error).message).toContain("ended with 3");
    expect((failure as Error).message).toContain("  | no space left");
    expect(fs.readFileSync(log, "utf8")).toContain("some words");

    broken = false;
    const lines: string[] = [];
    await make(list, root, (line) => lines.push(line));
    expect(made).toEqual(["one", "1"]);
    expect(lines).toEqual(["[1/1] two … 0s (estimate 1s, 0% of all)", "[1/1] two made in 0s"]);
  });

  it("lets a step use only the parts it names", async () => {
    const root = scratch();
    const list = plan([step("one", ""), step("two", "", [], async (build) => void build.part("one"))], root);
    await expect(make(list, root, () => undefined)).rejects.toThrow(
      "step two uses one without naming it in its needs",
    );
  });
});
