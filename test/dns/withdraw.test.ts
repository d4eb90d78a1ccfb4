import type { ResourceRecordSet } from "@aws-sdk/client-route-53";
import { markerValue } from "../../dns/names";
import { decide, formerPrefix, isAtOrBelow, Wanted } from "../../dns/withdraw-decision";

const name = "nginx.k8s.example.com";
const cname = (SetIdentifier?: string): ResourceRecordSet => ({
  Name: `${name}.`,
  Type: "CNAME",
  SetIdentifier,
  ResourceRecords: [{ Value: "elb" }],
});
const mark = (owner: string): ResourceRecordSet => ({
  // Route 53 writes what is no letter, digit, - or _ as octal numbers.
  Name: `\\137federation.${name}.`,
  Type: "TXT",
  ResourceRecords: [{ Value: `"${markerValue(owner)}"` }],
});
const wanted = (keep: string[], more: Partial<Wanted> = {}): Wanted => ({
  ...{ owner: "federation/dev", type: "CNAME", names: [name], keep },
  ...more,
});
const decided = (keep: string[], ...records: ResourceRecordSet[]) => decide(records, wanted(keep));

describe("before replicas move", () => {
  test("records of members that lose theirs go, those that stay are left alone", () => {
    const records = [mark("federation/dev"), cname("us-west-2"), cname("us-east-2"), cname("ap-northeast-1")];
    expect(decided(["us-west-2", "ap-northeast-1"], ...records)).toEqual({
      withdraw: [cname("us-east-2")],
      refusals: [],
    });
  });

  test("nothing goes at a name that is not there yet, nor where more members get a record", () => {
    expect(decided(["us-west-2"])).toEqual({ withdraw: [], refusals: [] });
    expect(decided(["us-west-2", "us-east-2"], mark("federation/dev"), cname("us-west-2"))).toEqual({
      withdraw: [],
      refusals: [],
    });
  });

  test("records at other names are nobody's business", () => {
    const other = { ...cname("us-east-2"), Name: `other.${name}.` };
    expect(decided([], mark("federation/dev"), other)).toEqual({ withdraw: [], refusals: [] });
  });

  test("a name of another stack is refused, and nothing of it touched", () => {
    expect(decided([], mark("federation/prod"), cname("us-west-2"))).toEqual({
      withdraw: [],
      refusals: [
        expect.stringContaining(
          `${name} belongs to another stack (heritage=federation,owner=federation/prod)`,
        ),
      ],
    });
  });

  test("a name that somebody made by hand is refused, with the types that stand there", () => {
    const address: ResourceRecordSet = {
      Name: `${name}.`,
      Type: "A",
      ResourceRecords: [{ Value: "192.0.2.1" }],
    };
    expect(decided([], address).refusals[0]).toContain(`${name} has A records that this stack did not make`);
  });

  test("members that share a region lose their share of it, and only theirs", () => {
    const share = (id: string) => ({ ...cname(id), Name: `_us-west-2.${name}.`, Weight: 1 });
    const records = [mark("federation/dev"), cname("us-west-2"), share("us-west"), share("second")];
    expect(decided(["us-west-2", "us-west"], ...records).withdraw).toEqual([share("second")]);
  });

  test("nobody is in the way of addresses but what would answer in their place", () => {
    const held = (Type: ResourceRecordSet["Type"]): ResourceRecordSet => ({ Name: `${name}.`, Type });
    const type = "A";
    expect(decide([held("NS"), held("SOA"), held("MX")], wanted([], { type })).refusals).toEqual([]);
    expect(decide([held("NS"), held("AAAA")], wanted([], { type })).refusals).toEqual([
      expect.stringContaining("has AAAA records that this stack did not make"),
    ]);
  });

  test("the type of a name that stands is not changed: Route 53 would refuse it record by record", () => {
    const records = [mark("federation/dev"), cname("us-west-2")];
    expect(decide(records, wanted(["us-west-2"], { type: "A" })).refusals).toEqual([
      expect.stringMatching(
        /has records of type CNAME, which can't become A one by one: take another dns.name/,
      ),
    ]);
  });
});

describe("E3: before replicas move, at hierarchical names", () => {
  const prefix = "nginx.default.aws-fed.svc.";
  const region = `${prefix}us-west-2.k8s.example.com`;
  const at = (Name: string, SetIdentifier: string) => ({ ...cname(SetIdentifier), Name: `${Name}.` });
  const marked = (Name: string, owner = "federation/dev") => ({
    ...mark(owner),
    Name: `\\137federation.${Name}.`,
  });
  const want = wanted(["us-west", "us-west-2", "(wider)"], { names: [name, region], prefix });

  test("records of members that lose their replicas go at every name; the way to the next wider one stays", () => {
    const records = [
      ...[mark("federation/dev"), cname("us-west-2")],
      ...[marked(region), at(region, "us-west"), at(region, "second"), at(region, "(wider)")],
    ];
    expect(decide(records, want).withdraw).toEqual([at(region, "second")]);
  });

  test("a name that is wanted no more, since its members are gone, is found by its mark", () => {
    const gone = `${prefix}us-east-2.k8s.example.com`;
    const records = [mark("federation/dev"), marked(gone), at(gone, "us-east"), at(gone, "(wider)")];
    expect(decide(records, want).withdraw).toEqual([at(gone, "us-east")]);
    const others = [marked(gone, "federation/prod"), at(gone, "us-east")];
    expect(decide(others, want)).toEqual({ withdraw: [], refusals: [] });
    const hugo = "hugo.default.aws-fed.svc.us-east-2.k8s.example.com";
    expect(decide([marked(hugo), at(hugo, "us-east")], want).withdraw).toEqual([]);
  });

  test("names of an app that wants none any more are found by the widest, which leads to the app's own", () => {
    const widest = `${prefix}k8s.example.com`;
    const link = (to: string): ResourceRecordSet => ({
      Name: `${widest}.`,
      Type: "CNAME",
      ResourceRecords: [{ Value: to }],
    });
    const alias: ResourceRecordSet = {
      Name: `${widest}.`,
      Type: "A",
      AliasTarget: { DNSName: `${name}.`, HostedZoneId: "Z", EvaluateTargetHealth: false },
    };
    const former = (...records: ResourceRecordSet[]) => formerPrefix(records, name, "federation/dev");
    expect(former(marked(widest), link(name))).toBe(prefix);
    expect(former(marked(widest), alias)).toBe(prefix);
    expect(former(marked(widest), link(`other.${name}`))).toBeUndefined();
    expect(former(marked(widest, "federation/prod"), link(name))).toBeUndefined();
    expect(former()).toBeUndefined();
    const gone = `${prefix}us-east-2.k8s.example.com`;
    const records = [marked(widest), link(name), marked(gone), at(gone, "us-east"), at(gone, "(wider)")];
    expect(decide(records, wanted(["(wider)"], { prefix })).withdraw).toEqual([at(gone, "us-east")]);
  });

  test("every name that is somebody else's is refused at once", () => {
    const records = [mark("federation/prod"), at(region, "us-west")];
    expect(decide(records, want).refusals).toEqual([
      expect.stringContaining(`${name} belongs to another stack`),
      expect.stringContaining(`${region} has CNAME records that this stack did not make`),
    ]);
  });
});

test("a name lies below another by whole labels, however Route 53 writes it", () => {
  expect(isAtOrBelow(`\\137federation.${name}.`, name)).toBe(true);
  expect(isAtOrBelow(`${name}.`, name)).toBe(true);
  expect(isAtOrBelow(`my${name}.`, name)).toBe(false);
});
