import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { keepCrds } from "./federation/crd-files";
import type { Rig } from "./mocks";
import { plain, run } from "./whole-program";

// What is waited for does not exist here; the waiting itself has tests of its own.
jest.mock("../regions/poll", () => ({ until: async () => undefined }));
jest.mock("../regions/usage", () => ({ usageOf: async () => ({ there: [], vcpusOf: { "t2.medium": 2 } }) }));
jest.mock("../dns/zone", () => ({ ...jest.requireActual("../dns/zone"), isDelegated: async () => false }));

keepCrds();

describe("the whole program with the config of Pulumi.markets.yaml", () => {
  let rig: Rig;
  let outputs: Record<string, any>;
  beforeAll(async () => {
    const { config } = parse(readFileSync(join(__dirname, "../Pulumi.markets.yaml"), "utf8"));
    ({ rig, outputs } = await run(config));
  }, 600_000);

  test("B1: six instances of t2.medium, two in zone a of each market's region", () => {
    const inputs = (type: string) => rig.ofType(type).map((each) => each.inputs);
    const own = inputs("aws:ec2/instance:Instance");
    expect(own.map(({ region, instanceType }) => [region, instanceType])).toEqual([
      ["us-east-1", "t2.medium"],
      ["eu-west-1", "t2.medium"],
      ["ap-northeast-1", "t2.medium"],
    ]);
    const groups = inputs("aws:autoscaling/group:Group");
    expect(groups.map(({ desiredCapacity }) => desiredCapacity)).toEqual([1, 1, 1]);
    const templates = inputs("aws:ec2/launchTemplate:LaunchTemplate");
    expect(templates.map(({ instanceType }) => instanceType)).toEqual(Array(3).fill("t2.medium"));
    const subnets = inputs("aws:ec2/subnet:Subnet").map(({ availabilityZone }) => availabilityZone);
    expect([...new Set(subnets)].sort()).toEqual(["ap-northeast-1a", "eu-west-1a", "us-east-1a"]);
  });

  test("B1: four contexts, the federation's by the name of its own", async () => {
    const { kubeconfig, context } = await plain(outputs);
    expect(context).toBe("fed");
    expect(
      parse(kubeconfig)
        .contexts.map(({ name }: { name: string }) => name)
        .sort(),
    ).toEqual(["eur.k8s.example.com", "fed", "jpn.k8s.example.com", "usa.k8s.example.com"]);
  });

  test("B2 B3: hugo runs twice in each market, behind a record for each region", async () => {
    const { members, records } = await plain(outputs);
    const replicas = Object.entries<any>(members).map(([name, member]) => [name, member.replicas.hugo]);
    expect(Object.fromEntries(replicas)).toEqual({ usa: 2, eur: 2, jpn: 2 });
    const told = records.hugo.map(({ name, setIdentifier }: any) => `${name} ${setIdentifier}`).sort();
    expect(told).toEqual([
      "hugo-fed.k8s.example.com ap-northeast-1",
      "hugo-fed.k8s.example.com eu-west-1",
      "hugo-fed.k8s.example.com us-east-1",
    ]);
  });
});
