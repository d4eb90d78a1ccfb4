import { cutOff, Deployment, knownIds, recovered } from "../../../operate/recover/deployment";

const urn = (name: string) => `urn:pulumi:dev::federation::aws:ec2/vpc:Vpc::${name}`;
const type = "aws:ec2/vpc:Vpc";
const making = (name: string) => ({
  type: "creating",
  resource: { urn: urn(name), type, custom: true, inputs: { cidrBlock: "10.0.0.0/16" } },
});
const made = (name: string, id: string) => ({
  urn: urn(name),
  type,
  custom: true,
  id,
  inputs: {},
  outputs: {},
});

describe("a state whose engine was killed", () => {
  const deployment: Deployment = {
    resources: [made("a", "vpc-a"), made("b", "vpc-b")],
    pending_operations: [making("b"), making("c"), making("d"), { ...making("a"), type: "deleting" }],
  };

  test("has creations without a result; what was being changed or deleted is done again by itself", () => {
    expect(cutOff(deployment).map((one) => one.urn)).toEqual([urn("b"), urn("c"), urn("d")]);
    expect(cutOff({})).toEqual([]);
    expect([...knownIds(deployment, type)]).toEqual(["vpc-a", "vpc-b"]);
    expect([...knownIds(deployment, "other")]).toEqual([]);
  });

  test("takes up what is there with what it was asked for, and forgets what is not", () => {
    const { resources, pending_operations } = recovered(deployment, new Map([[urn("c"), "vpc-c"]]));
    expect(resources?.map(({ id }) => id)).toEqual(["vpc-a", "vpc-b", "vpc-c"]);
    expect(resources?.[2]).toMatchObject({ outputs: { cidrBlock: "10.0.0.0/16", id: "vpc-c" } });
    expect(pending_operations?.map((one) => one.type)).toEqual(["deleting"]);
  });

  test("has what was to be replaced deleted, when its successor is there", () => {
    const { resources } = recovered(deployment, new Map([[urn("b"), "vpc-b2"]]));
    expect(resources?.filter((one) => one.urn === urn("b"))).toMatchObject([
      { id: "vpc-b", delete: true },
      { id: "vpc-b2" },
    ]);
    expect(resources?.filter((one) => one.delete)).toHaveLength(1);
  });
});
