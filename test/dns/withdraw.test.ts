import type { ResourceRecordSet } from "@aws-sdk/client-route-53";
import { markerValue } from "../../dns/names";
import { decide } from "../../dns/withdraw";

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
const decided = (keep: string[], ...records: ResourceRecordSet[]) =>
  decide(name, "federation/dev", keep, records);

describe("before replicas move", () => {
  test("records of members that lose theirs go, those that stay are left alone", () => {
    const records = [mark("federation/dev"), cname("us-west-2"), cname("us-east-2"), cname("ap-northeast-1")];
    expect(decided(["us-west-2", "ap-northeast-1"], ...records)).toEqual({ withdraw: [cname("us-east-2")] });
  });

  test("nothing goes at a name that is not there yet, nor where more members get a record", () => {
    expect(decided(["us-west-2"])).toEqual({ withdraw: [] });
    expect(decided(["us-west-2", "us-east-2"], mark("federation/dev"), cname("us-west-2"))).toEqual({
      withdraw: [],
    });
  });

  test("records at other names are nobody's business", () => {
    const other = { ...cname("us-east-2"), Name: `other.${name}.` };
    expect(decided([], mark("federation/dev"), other)).toEqual({ withdraw: [] });
  });

  test("a name of another stack is refused, and nothing of it touched", () => {
    expect(decided([], mark("federation/prod"), cname("us-west-2"))).toEqual({
      withdraw: [],
      refusal: expect.stringContaining(
        `${name} belongs to another stack (heritage=federation,owner=federation/prod)`,
      ),
    });
  });

  test("a name that somebody made by hand is refused, with the types that stand there", () => {
    const address: ResourceRecordSet = {
      Name: `${name}.`,
      Type: "A",
      ResourceRecords: [{ Value: "192.0.2.1" }],
    };
    expect(decided([], address).refusal).toContain(`${name} has A records that this stack did not make`);
  });
});
