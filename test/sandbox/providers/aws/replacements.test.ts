import { isDeepStrictEqual } from "node:util";
import type { Props } from "../../../../sandbox/providers/runtime";
import { diffSpec } from "../../../../sandbox/providers/aws/compare";
import { specs } from "../../../../sandbox/providers/aws/types";
import { cases, vpc } from "./replacement-cases";

test.each(cases)("%s: %s", (token, _what, olds, news, replaces) => {
  const diff = diffSpec(specs[token], olds, news, {});
  expect(diff.changed).not.toEqual([]);
  expect(diff.replaces).toEqual(expect.arrayContaining(replaces.slice(0, 1)));
  const extra = diff.replaces.filter(
    (path) => !replaces.some((known) => path === known || path.startsWith(`${known}.`)),
  );
  expect(isDeepStrictEqual(extra, []) || extra).toBe(true);
});

describe("what is the same to upstream is no change here", () => {
  const same: [string, string, Props, Props, Props?][] = [
    [
      "aws:ec2/networkInterface:NetworkInterface",
      "order of security groups",
      { securityGroups: ["a", "b"] },
      { securityGroups: ["b", "a"] },
    ],
    ["aws:route53/record:Record", "order of records", { records: ["a", "b"] }, { records: ["b", "a"] }],
    [
      "aws:iam/rolePolicy:RolePolicy",
      "spelling of a policy",
      { policy: '{"a":1,"b":2}' },
      { policy: '{ "b": 2, "a": 1 }' },
    ],
    [
      "aws:lb/targetGroup:TargetGroup",
      "number as text",
      { deregistrationDelay: 30 },
      { deregistrationDelay: "30" },
    ],
    [
      "aws:ec2/subnet:Subnet",
      "a zone left out that AWS chose",
      { availabilityZone: "a" },
      {},
      { availabilityZone: "a" },
    ],
    [
      "aws:ec2/subnet:Subnet",
      "a zone now said that AWS had chosen",
      {},
      { availabilityZone: "a" },
      { availabilityZone: "a" },
    ],
    [
      "aws:ec2/instance:Instance",
      "a block left out that AWS fills",
      { metadataOptions: { httpTokens: "required", httpEndpoint: "enabled" } },
      { metadataOptions: { httpTokens: "required" } },
    ],
    ["aws:ec2/securityGroup:SecurityGroup", "no tags and empty tags", {}, { tags: {} }],
  ];
  test.each(same)("%s: %s", (token, _what, olds, news, state = {}) => {
    expect(diffSpec(specs[token], olds, news, state)).toEqual({ changed: [], replaces: [] });
  });
});

test("another region replaces, also when it comes from the provider's config", () => {
  const state = { region: "us-west-2" };
  expect(diffSpec(specs["aws:ec2/vpc:Vpc"], vpc, { ...vpc, region: "us-east-2" }, state).replaces).toEqual([
    "region",
  ]);
  expect(diffSpec(specs["aws:iam/role:Role"], {}, { region: "us-east-2" }, state).replaces).toEqual([]);
});
