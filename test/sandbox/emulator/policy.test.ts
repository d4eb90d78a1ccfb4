import { execFileSync } from "node:child_process";
import * as path from "node:path";
import { folder, python } from "./emulator";

const script = `
import json, sys
sys.path[0] = sys.argv[1]
from emulator.conditions import Unsupported
from emulator.policy import decide
for statements, action, resource, context in json.load(sys.stdin):
    try:
        print(decide([{"Statement": statements}], action, resource, context).value)
    except Unsupported as unsupported:
        print(unsupported)
`;

type Statements = Record<string, unknown> | Record<string, unknown>[];
type Case = [what: string, verdict: string, Statements, action: string, resource: string, context?: object];

const allow = (more: object) => ({ Effect: "Allow", Action: "*", Resource: "*", ...more });
const deny = (more: object) => ({ Effect: "Deny", Action: "*", Resource: "*", ...more });
const on = (condition: object) => allow({ Condition: condition });
const table = "arn:aws:ec2:us-west-2:123456789012:route-table/rtb-1";
const join = "arn:aws:ssm:us-west-2:123456789012:parameter/federation/dev/us-west/workers/join";
const owned = { "aws:resourcetag/cluster": "owned" };
const role = { "aws:principalarn": "arn:aws:iam::123456789012:role/nodes/us-west" };
const only = { ssm: allow({ Action: "ssm:GetParameter" }), not: { Effect: "Allow", Resource: "*" } };

const cases: Case[] = [
  // actions
  ["no statement", "silent", [], "ec2:CreateRoute", table],
  ["an action by name", "allowed", only.ssm, "ssm:GetParameter", join],
  ["an action's name goes to its end", "silent", only.ssm, "ssm:GetParameters", join],
  ["case of actions", "allowed", allow({ Action: "EC2:createroute" }), "ec2:CreateRoute", table],
  ["one of a list", "allowed", allow({ Action: ["s3:*", "ec2:*"] }), "ec2:CreateRoute", table],
  ["* within", "allowed", allow({ Action: "ec2:*Route" }), "ec2:CreateRoute", table],
  ["* of another service", "silent", allow({ Action: "ssm:*" }), "ec2:CreateRoute", table],
  ["? is one sign", "allowed", allow({ Action: "ec2:?reateRoute" }), "ec2:CreateRoute", table],
  ["? is not none", "silent", allow({ Action: "ec2:CreateRoute?" }), "ec2:CreateRoute", table],
  ["brackets are brackets", "silent", allow({ Action: "ec2:[C]reateRoute" }), "ec2:CreateRoute", table],
  ["a dot is a dot", "silent", allow({ Action: "ec2.CreateRoute" }), "ec2:CreateRoute", table],
  ["NotAction of others", "allowed", { ...only.not, NotAction: "iam:*" }, "ec2:CreateRoute", table],
  ["NotAction of it", "silent", { ...only.not, NotAction: ["iam:*", "ec2:*"] }, "ec2:CreateRoute", table],
  // resources
  ["an ARN", "allowed", allow({ Resource: join }), "ssm:GetParameter", join],
  ["an ARN goes to its end", "silent", allow({ Resource: join }), "ssm:GetParameter", `${join}2`],
  ["case of ARNs", "silent", allow({ Resource: join.toUpperCase() }), "ssm:GetParameter", join],
  ["one of several", "allowed", allow({ Resource: [table, join] }), "ssm:GetParameter", join],
  [
    "* over slashes",
    "allowed",
    allow({ Resource: "arn:aws:ssm:*:*:parameter/federation/*/join" }),
    "ssm:GetParameter",
    join,
  ],
  [
    "* does not leave its part",
    "silent",
    allow({ Resource: "arn:aws:ssm:us-*:parameter/federation/dev/us-west/workers/join" }),
    "ssm:GetParameter",
    join,
  ],
  ["an ARN that ends early", "allowed", allow({ Resource: "arn:aws:ssm" }), "ssm:GetParameter", join],
  [
    "an action without resources wants *",
    "silent",
    allow({ Resource: "arn:aws:ec2:*" }),
    "ec2:DescribeVpcs",
    "*",
  ],
  ["an action without resources gets *", "allowed", allow({}), "ec2:DescribeVpcs", "*"],
  [
    "NotResource of others",
    "allowed",
    { Effect: "Allow", Action: "*", NotResource: table },
    "ssm:GetParameter",
    join,
  ],
  [
    "NotResource of it",
    "silent",
    { Effect: "Allow", Action: "*", NotResource: join },
    "ssm:GetParameter",
    join,
  ],
  // Deny
  ["Deny after Allow", "denied", [allow({}), deny({ Resource: join })], "ssm:GetParameter", join],
  ["Deny before Allow", "denied", [deny({ Resource: join }), allow({})], "ssm:GetParameter", join],
  ["Deny of something else", "allowed", [allow({}), deny({ Resource: table })], "ssm:GetParameter", join],
  [
    "Deny whose condition does not hold",
    "allowed",
    [allow({}), deny({ Condition: { StringEquals: { "aws:RequestedRegion": "eu-west-1" } } })],
    "ssm:GetParameter",
    join,
    { "aws:requestedregion": "us-west-2" },
  ],
  // conditions
  [
    "StringEquals",
    "allowed",
    on({ StringEquals: { "aws:ResourceTag/Cluster": "owned" } }),
    "a:B",
    table,
    owned,
  ],
  [
    "StringEquals of another",
    "silent",
    on({ StringEquals: { "aws:ResourceTag/cluster": "own" } }),
    "a:B",
    table,
    owned,
  ],
  [
    "StringEquals knows no *",
    "silent",
    on({ StringEquals: { "aws:ResourceTag/cluster": "*" } }),
    "a:B",
    table,
    owned,
  ],
  [
    "StringEquals of nothing",
    "silent",
    on({ StringEquals: { "aws:ResourceTag/other": "owned" } }),
    "a:B",
    table,
    owned,
  ],
  [
    "one of values",
    "allowed",
    on({ StringEquals: { "aws:ResourceTag/cluster": ["x", "owned"] } }),
    "a:B",
    table,
    owned,
  ],
  [
    "all of keys",
    "silent",
    on({ StringEquals: { "aws:ResourceTag/cluster": "owned", "aws:RequestedRegion": "us-west-2" } }),
    "a:B",
    table,
    owned,
  ],
  [
    "all of operators",
    "silent",
    on({
      StringEquals: { "aws:ResourceTag/cluster": "owned" },
      StringNotEquals: { "aws:ResourceTag/cluster": "owned" },
    }),
    "a:B",
    table,
    owned,
  ],
  ["StringLike", "allowed", on({ StringLike: { "aws:ResourceTag/cluster": "o?n*" } }), "a:B", table, owned],
  [
    "StringLike of another",
    "silent",
    on({ StringLike: { "aws:ResourceTag/cluster": "own" } }),
    "a:B",
    table,
    owned,
  ],
  [
    "StringNotEquals",
    "allowed",
    on({ StringNotEquals: { "aws:ResourceTag/cluster": "x" } }),
    "a:B",
    table,
    owned,
  ],
  [
    "StringNotEquals of any",
    "silent",
    on({ StringNotEquals: { "aws:ResourceTag/cluster": ["x", "owned"] } }),
    "a:B",
    table,
    owned,
  ],
  [
    "StringNotEquals of nothing",
    "allowed",
    on({ StringNotEquals: { "aws:ResourceTag/other": "x" } }),
    "a:B",
    table,
  ],
  [
    "IfExists where it is not",
    "allowed",
    on({ StringEqualsIfExists: { "aws:RequestTag/a": "1" } }),
    "a:B",
    table,
  ],
  [
    "IfExists where it is",
    "silent",
    on({ StringEqualsIfExists: { "aws:RequestTag/a": "1" } }),
    "a:B",
    table,
    { "aws:requesttag/a": "2" },
  ],
  [
    "Bool",
    "allowed",
    on({ Bool: { "aws:SecureTransport": true } }),
    "a:B",
    table,
    { "aws:securetransport": "true" },
  ],
  [
    "Bool of the other",
    "silent",
    on({ Bool: { "aws:SecureTransport": "false" } }),
    "a:B",
    table,
    { "aws:securetransport": "true" },
  ],
  [
    "ArnLike",
    "allowed",
    on({ ArnLike: { "aws:PrincipalArn": "arn:aws:iam::*:role/nodes/*" } }),
    "a:B",
    table,
    role,
  ],
  [
    "ArnEquals",
    "silent",
    on({ ArnEquals: { "aws:PrincipalArn": "arn:aws:iam::*:role/n" } }),
    "a:B",
    table,
    role,
  ],
  [
    "ArnNotLike",
    "silent",
    on({ ArnNotLike: { "aws:PrincipalArn": "arn:aws:iam::*:role/*" } }),
    "a:B",
    table,
    role,
  ],
  ["Null of what is not", "allowed", on({ Null: { "aws:ResourceTag/cluster": true } }), "a:B", table],
  ["Null of what is", "silent", on({ Null: { "aws:ResourceTag/cluster": "true" } }), "a:B", table, owned],
  [
    "an operator that is not evaluated",
    "the condition operator NumericLessThan",
    on({ NumericLessThan: { "s3:max-keys": "10" } }),
    "a:B",
    table,
  ],
  [
    "one that decides another action",
    "silent",
    allow({ Action: "s3:*", Condition: { NumericLessThan: { "s3:max-keys": "10" } } }),
    "a:B",
    table,
  ],
];

let verdicts: string[];
beforeAll(() => {
  const input = JSON.stringify(
    cases.map(([, , statements, ...call]) => [statements, call[0], call[1], call[2] ?? {}]),
  );
  const output = execFileSync(python(), ["-c", script, path.dirname(folder)], { input, encoding: "utf8" });
  verdicts = output.trim().split("\n");
});

test.each(cases.map(([what, verdict], i) => ({ what, verdict, i })))("$what: $verdict", ({ verdict, i }) => {
  expect(verdicts[i]).toBe(verdict);
});
