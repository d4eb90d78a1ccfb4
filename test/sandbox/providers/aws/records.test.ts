import * as route53 from "@aws-sdk/client-route-53";
import { Account, type Resource } from "./account";
import { oneOfEach } from "./fixture";

// Every call goes to a Python process that other tests may share two cores with.
jest.setTimeout(120_000);

let account: Account;
let made: Record<string, Resource>;
beforeAll(async () => {
  account = await Account.open();
  made = await oneOfEach(account);
});
afterAll(() => account?.close());

const RECORD = "aws:route53/record:Record";

describe("record", () => {
  const inputs = () => ({ zoneId: made.zone.id, name: "twice", type: "A", ttl: 60, records: ["192.0.2.1"] });

  test("a record of someone else is refused, unless allowOverwrite (allow_overwrite)", async () => {
    const first = await account.create(RECORD, inputs());
    await expect(account.create(RECORD, { ...inputs(), records: ["192.0.2.2"] })).rejects.toThrow(
      /InvalidChangeBatch.*already exists/s,
    );
    const second = await account.create(RECORD, {
      ...inputs(),
      records: ["192.0.2.2"],
      allowOverwrite: true,
    });
    expect((await first.refresh()).inputs).toEqual(["records"]);
    expect(first.inputs.records).toEqual(["192.0.2.2"]);
    await second.delete();
    await first.delete(); // gone already
  });

  test("another set identifier takes the old record along", async () => {
    const weighted = (setIdentifier: string) => ({ setIdentifier, weightedRoutingPolicies: [{ weight: 1 }] });
    const record = await account.create(RECORD, { ...inputs(), name: "moved", ...weighted("one") });
    await record.update(weighted("two"));
    const sets = await account.aws.route53.send(
      new route53.ListResourceRecordSetsCommand({ HostedZoneId: made.zone.id }),
    );
    const moved = sets.ResourceRecordSets!.filter((set) => set.Name === "moved.fed.example.com.");
    expect(moved.map((set) => set.SetIdentifier)).toEqual(["two"]);
    expect((await record.refresh()).inputs).toEqual([]);
    await record.delete();
  });

  test("TXT values are quoted on the wire alone, names may be short or full", async () => {
    const sets = await account.aws.route53.send(
      new route53.ListResourceRecordSetsCommand({ HostedZoneId: made.zone.id }),
    );
    const text = sets.ResourceRecordSets!.find((set) => set.Type === "TXT")!;
    expect(text).toMatchObject({
      Name: "owner.fed.example.com.",
      ResourceRecords: [{ Value: '"heritage=federation"' }],
    });
    expect(made.text.outputs).toMatchObject({
      fqdn: "owner.fed.example.com",
      records: ["heritage=federation"],
    });
    expect(made.record.outputs.fqdn).toBe("nginx.fed.example.com");
    expect(made.alias.outputs.fqdn).toBe("fed.example.com");
  });

  test("a zone with foreign records goes only with forceDestroy (force_destroy)", async () => {
    const zone = await account.create("aws:route53/zone:Zone", { name: "other.example.com" });
    await account.create(RECORD, { ...inputs(), zoneId: zone.id, name: "left" });
    await expect(zone.delete()).rejects.toThrow("HostedZoneNotEmpty");
    await zone.update({ forceDestroy: true });
    await zone.delete();
    expect((await zone.refresh()).there).toBe(false);
  });
});
