import { Rig, useMocks } from "../mocks";
import type { StackConfig } from "../../config";

const external = { kind: "external", region: "munich" };
const ec2 = { kind: "ec2", region: "eu-west-1" };
const coredns = { coredns: { service: "loadBalancer", clients: {}, forward: [] } };

describe("the stack's providers", () => {
  let rig: Rig;
  beforeEach(async () => void (rig = await useMocks({ stack: "dev" })));

  const made = async (config: object) => {
    const { providersOf } = await import("../../regions/providers");
    const { opts } = providersOf(config as StackConfig);
    const registered = await rig.settle();
    expect(opts.providers).toHaveLength(registered.length);
    return registered.map(({ name, inputs }) => (inputs.region ? `${name} ${inputs.region}` : name)).sort();
  };

  test("A1: one of AWS for all regions, in the host's", async () => {
    const members = { east: { ...ec2, region: "us-east-2" }, west: ec2 };
    expect(await made({ host: "west", members, zone: "create" })).toEqual([
      "aws eu-west-1",
      "command",
      "tls",
    ]);
    expect(JSON.stringify(rig.named("aws").inputs.defaultTags)).toContain("federation/dev");
  });

  test("C: none of AWS where no cluster is made and CoreDNS keeps the names", async () => {
    expect(await made({ host: "f", members: { f: external }, zone: coredns })).toEqual(["command", "tls"]);
  });

  test("one of AWS for names that Route 53 keeps, or for a cluster of ours beside a given host", async () => {
    expect(await made({ host: "f", members: { f: external }, zone: "create" })).toContain("aws us-east-1");
    rig = await useMocks();
    expect(await made({ host: "f", members: { f: external, west: ec2 }, zone: coredns })).toContain(
      "aws eu-west-1",
    );
  });
});
