import { parseConfig } from "../../config";
import { ofKind } from "../../config/member-kinds";
import { KeptChoices } from "../../regions/kept-choices";
import { type EngineStack, engineStack, quiet } from "../sandbox/providers/engine-stack";

/** What the program's config is in the next run: with it the real engine runs the component. */
let members: Record<string, object>;
let zones: Record<string, string[]>;
/** What the last run's check told; it is not passed on, since Jest takes the engine's word of it for a failure. */
let told: string | undefined;
/** The zones that the last run's check gave. */
let known: Readonly<Record<string, readonly string[]>>;

async function program() {
  const config = parseConfig({
    domain: "k8s.example.com",
    host: "us-west",
    apiAccess: ["203.0.113.0/24"],
    members,
  });
  const { checked } = new KeptChoices("choices", { members: ofKind(config.members, "ec2"), zones });
  told = await checked.then(
    (all) => void (known = all),
    (error: Error) => error.message,
  );
}

let engine: EngineStack;
beforeAll(async () => void (engine = await engineStack("federation", program)));
afterAll(() => engine?.remove());
beforeEach(() => {
  members = { "us-west": { region: "us-west-2" }, "us-east": { region: "us-east-2" } };
  zones = { "us-west": ["us-west-2a", "us-west-2b"], "us-east": ["us-east-2a", "us-east-2b"] };
});

const refusal = async (run: "preview" | "up" = "preview"): Promise<string | undefined> => {
  await engine.stack[run](quiet);
  return told;
};

describe("the choices that members were made with", () => {
  test("are kept by the first up; a second run changes nothing", async () => {
    const up = await engine.stack.up(quiet);
    expect(up.summary.resourceChanges).toEqual({ create: 4 });
    expect((await engine.stack.preview(quiet)).changeSummary).toEqual({ same: 4 });
  });

  test("E5: of a lost member nobody is asked for zones: they are those it was made with, and nothing changes", async () => {
    members = { ...members, "us-east": { region: "us-east-2", lost: true } };
    zones = { "us-west": zones["us-west"] };
    expect((await engine.stack.preview(quiet)).changeSummary).toEqual({ same: 4 });
    expect(known["us-east"]).toEqual(["us-east-2a", "us-east-2b"]);
  });

  test("E5: a member that never was cannot be lost", async () => {
    members = { ...members, "eu-west": { region: "eu-west-1", lost: true } };
    expect(await refusal()).toMatch(
      /members\.eu-west\.lost: true – nothing tells in which zones.*take it out/,
    );
  });

  test("changed, are told by preview and by up, all members' at once, and stay as they were even so", async () => {
    members = {
      "us-west": { region: "us-west-2", network: { nat: "one" } },
      "us-east": { region: "eu-west-1" },
    };
    zones = { "us-west": zones["us-west"], "us-east": ["eu-west-1a", "eu-west-1b"] };
    for (const run of ["preview", "up"] as const) {
      await refusal(run);
      expect(told).toContain("The stack's config has 2 faults");
      expect(told).toMatch(/members\.us-west\.network\.nat: "one" – its cluster was made with "none"/);
      expect(told).toMatch(/members\.us-east\.region: "eu-west-1" – its cluster was made with "us-east-2"/);
    }
    members = { "us-west": { region: "us-west-2" }, "us-east": { region: "us-east-2" } };
    zones = { "us-west": zones["us-west"], "us-east": ["us-east-2a", "us-east-2b"] };
    expect(await refusal()).toBeUndefined();
  });

  test("of each slot are its own: a member grows by a zone and two slots, and then keeps those", async () => {
    members["us-west"] = { region: "us-west-2", controlPlane: { nodes: 3 } };
    zones["us-west"] = ["us-west-2a", "us-west-2b", "us-west-2c"];
    expect((await engine.stack.up(quiet)).summary.resourceChanges).toMatchObject({ create: 2 });
    zones["us-west"] = ["us-west-2a", "us-west-2b"];
    expect(await refusal()).toMatch(/members\.us-west\.zones: \["us-west-2a","us-west-2b"\]/);
  });

  test("are made anew with the member's generation", async () => {
    members["us-east"] = { region: "eu-west-1", generation: 2 };
    zones["us-east"] = ["eu-west-1a", "eu-west-1b"];
    expect(await refusal("up")).toBeUndefined();
    members["us-east"] = { region: "us-east-2", generation: 2 };
    zones["us-east"] = ["us-east-2a", "us-east-2b"];
    expect(await refusal()).toMatch(/members\.us-east\.region: "us-east-2"/);
  });
});
