import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { EngineEvent } from "@pulumi/pulumi/automation";
import { readPreview } from "../../../operate/plan/changes";
import { planMarkdown } from "../../../operate/plan/markdown";
import { engineOnAccount } from "../../sandbox/providers/engine-on-account";
import { quiet } from "../../sandbox/providers/engine-stack";

jest.setTimeout(300_000);

/** A part of the program under its own type: the plan goes by types, names and parents. */
class Part extends pulumi.ComponentResource {}

const SECRET = "the key that nobody may read";

/** What the test changes between the `up` and the preview. */
const wanted = {
  members: { "us-west": "us-west-2", "us-east": "us-east-2" } as Record<string, string>,
  joined: ["us-west", "us-east"],
  replicas: { "us-west": 2, "us-east": 1 } as Record<string, number>,
  cidr: "10.5.0.0/24",
  size: 8,
  secret: SECRET,
};

/** Members, an app and outputs in little, with one resource for each thing that can become of one. */
async function program() {
  const provider = new aws.Provider("aws", { region: "us-west-2" });
  for (const [name, region] of Object.entries(wanted.members)) {
    const parent = new Part("federation:regions:Ec2Cluster", name, {}, { provider });
    const opts = { parent };
    const vpc = new aws.ec2.Vpc(
      `${name}-vpc`,
      { region: region as aws.Region, cidrBlock: "10.5.0.0/16" },
      opts,
    );
    new aws.ec2.Subnet(
      `${name}-subnet`,
      { region: region as aws.Region, vpcId: vpc.id, cidrBlock: wanted.cidr },
      opts,
    );
    const availabilityZone = `${region}a`;
    new aws.ebs.Volume(
      `${name}-etcd`,
      { region: region as aws.Region, availabilityZone, size: wanted.size, type: "gp3" },
      opts,
    );
    const value = pulumi.secret(wanted.secret);
    new aws.ssm.Parameter(
      `${name}-key`,
      { region: region as aws.Region, name: `/${name}/key`, type: "SecureString", value },
      opts,
    );
  }
  for (const name of wanted.joined) new Part("federation:federation:JoinedMember", `federation-${name}`);
  const app = new Part("federation:apps:FederatedApp", "nginx");
  new pulumi.Stash("nginx-plan", { input: wanted.replicas }, { parent: app });
  return {
    members: Object.fromEntries(Object.entries(wanted.members).map(([name, region]) => [name, { region }])),
    expiry: { "us-west": { ca: "2036-01-01T00:00:00Z", admin: "2026-12-24T00:00:00Z" } },
    kubeconfig: pulumi.secret(SECRET),
  };
}

const stage = engineOnAccount("federation", program);

/** The plan of what is wanted now, and what it was made from: not the engine's debug output, which has secrets in it. */
async function planned(): Promise<{ text: string; steps: string }> {
  const events: EngineEvent[] = [];
  await stage.engine.stack.preview({ ...quiet, onEvent: (event) => void events.push(event) });
  const now = new Date("2026-11-21T00:00:00Z");
  return {
    text: planMarkdown(readPreview(events), { stack: "test", now }),
    steps: JSON.stringify(events.map(({ diagnosticEvent, ...told }) => told)),
  };
}

test("A10 B6: the plan of a real preview says what comes, changes, is replaced and goes, and no secret", async () => {
  const first = await planned();
  expect(first.text).toContain("16 to create.");
  expect(first.text).toContain("- **added**: `us-west` (us-west-2)");
  expect(first.text).toMatch(/^\| us-west-2 +\| 5 \|/m);
  await stage.engine.stack.up(quiet);

  const none = await planned();
  expect(none.text).toContain("Nothing changes.");
  expect(none.text).toContain("- nginx: us-east 1, us-west 2");
  for (const title of ["Members", "Replaced", "Deleted", "Updated", "Created"])
    expect(none.text).not.toContain(title);

  wanted.joined = ["us-west"];
  expect((await planned()).text).toContain("**lost**: `us-east` (us-east-2) leaves the federation");

  delete wanted.members["us-east"];
  wanted.replicas = { "us-west": 5 };
  wanted.cidr = "10.5.1.0/24";
  wanted.size = 100;
  wanted.secret = "another key";
  const { text, steps } = await planned();
  expect(text).toContain("- nginx: us-west 2→5, us-east 1→0");
  expect(text).toContain("- **removed**: `us-east` (us-east-2)");
  expect(text).toContain("- **`us-west-subnet` aws:ec2/subnet:Subnet**, forced by `cidrBlock`");
  expect(text).toContain("- `us-east-vpc` aws:ec2/vpc:Vpc");
  expect(text).toMatch(/- `us-west-etcd` aws:ebs\/volume:Volume: `size`/);
  expect(text).toContain("- `us-west` admin: 2026-12-24T00:00:00Z, in 33 days");
  expect(text).not.toContain("2036");
  // 8 GiB at $0.08 in each of two regions, then 100 GiB in one.
  expect(text).toMatch(/^\| us-west-2 .*\| 0\.64 → 8\.00 \|$/m);
  expect(text).toMatch(/^\| us-east-2 .*\| 0\.64 → 0\.00 \|$/m);
  for (const secret of [SECRET, "another key"]) {
    expect(text).not.toContain(secret);
    expect(steps.includes(secret)).toBe(false);
  }
});
