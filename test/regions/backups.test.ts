import { Rig, useMocks } from "../mocks";

async function build(args: object = {}): Promise<Rig> {
  const rig = await useMocks();
  const aws = await import("@pulumi/aws");
  const { namesOf } = await import("../../regions/names");
  const { Backups } = await import("../../regions/backups");
  const { memberSchema } = await import("../../config/member-schema");
  const { backups, restoreFrom } = memberSchema.parse({ region: "us-west-2", ...args });
  const providers = [new aws.Provider("aws")];
  const names = namesOf("us-west", "us-west-2");
  const made = new Backups("us-west-backups", { names, backups, restoreFrom }, { providers });
  await rig.settle();
  statements = await new Promise((done) =>
    import("@pulumi/pulumi").then((pulumi) =>
      pulumi.output(made.statements as object[]).apply(done as never),
    ),
  );
  return rig;
}

let statements: { Action: string[]; Resource: string }[];
const known = (rig: Rig) => JSON.parse(rig.named("us-west-backups-parameter").inputs.insecureValue);

describe("A3: the bucket of a member's snapshots", () => {
  let rig: Rig;
  beforeAll(async () => void (rig = await build()));
  const inputs = (part: string) => rig.named(`us-west-backups-${part}`).inputs;

  it("goes with what is in it, and has a name that is drawn: nobody can take it before", () => {
    expect(inputs("bucket")).toMatchObject({ forceDestroy: true, region: "us-west-2" });
    expect(inputs("bucket").bucket).toBeUndefined();
  });

  it("is private, owned whole, encrypted and versioned", () => {
    const { blockPublicAcls, blockPublicPolicy, ignorePublicAcls, restrictPublicBuckets } = inputs("private");
    expect([blockPublicAcls, blockPublicPolicy, ignorePublicAcls, restrictPublicBuckets]).toEqual(
      Array(4).fill(true),
    );
    expect(inputs("ownership").rule).toEqual({ objectOwnership: "BucketOwnerEnforced" });
    expect(inputs("encryption").rules).toEqual([
      { applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } },
    ]);
    expect(inputs("versioning").versioningConfiguration).toEqual({ status: "Enabled" });
  });

  it("refuses whoever comes without TLS, for itself and all in it", () => {
    const [statement] = JSON.parse(inputs("policy").policy).Statement;
    expect(statement).toMatchObject({
      Effect: "Deny",
      Principal: "*",
      Action: "s3:*",
      Resource: ["arn:Bucket/us-west-backups-bucket", "arn:Bucket/us-west-backups-bucket/*"],
      Condition: { Bool: { "aws:SecureTransport": "false" } },
    });
  });

  it("keeps a snapshot as long as asked for, and what was overwritten a week", async () => {
    const [rule] = inputs("lifecycle").rules;
    expect(rule).toMatchObject({
      expiration: { days: 30 },
      noncurrentVersionExpiration: { noncurrentDays: 7 },
      abortIncompleteMultipartUpload: { daysAfterInitiation: 1 },
    });
    const longer = await build({ backups: { keep: 90 } });
    expect(longer.named("us-west-backups-lifecycle").inputs.rules[0].expiration).toEqual({ days: 90 });
  });

  it("takes its rules along: it is never there without them", () => {
    const bucket = rig.named("us-west-backups-bucket").urn;
    const rules = rig.resources.filter(({ type }) => /^aws:s3\/bucket./.test(type) && !/Bucket$/.test(type));
    expect(rules.length).toBe(6);
    expect(rules.map(({ deletedWith }) => deletedWith)).toEqual(rules.map(() => bucket));
  });
});

describe("what nodes know and may", () => {
  it("is the bucket, and to read and write it, but not to delete", async () => {
    expect(known(await build())).toEqual({ bucket: "Bucket/us-west-backups-bucket", restoreFrom: "" });
    const actions = statements.flatMap(({ Action }) => Action);
    expect(actions).toEqual(["ssm:GetParameter", "s3:GetObject", "s3:PutObject", "s3:ListBucket"]);
    expect(statements.map(({ Resource }) => Resource)).toEqual([
      expect.stringMatching(/^arn:parameter\/.*control-plane\/backups$/),
      "arn:Bucket/us-west-backups-bucket/*",
      "arn:Bucket/us-west-backups-bucket",
    ]);
  });

  it("is a snapshot to restore, which changes a parameter and nothing else", async () => {
    const before = await build();
    const plain = (rig: Rig) => rig.resources.map(({ name, inputs }) => [name, JSON.stringify(inputs)]);
    const after = await build({ restoreFrom: "us-west/1.db" });
    expect(known(after).restoreFrom).toBe("us-west/1.db");
    const changed = plain(after).filter(([, text], i) => text !== plain(before)[i][1]);
    expect(changed.map(([name]) => name)).toEqual(["us-west-backups-parameter"]);
  });

  it("is one object more where the snapshot lies in another bucket", async () => {
    await build({ restoreFrom: "s3://another/us-west/1.db" });
    expect(statements.at(-1)).toEqual({
      Action: ["s3:GetObject"],
      Resource: "arn:aws:s3:::another/us-west/1.db",
    });
  });

  it("is that there is no bucket where backups are off", async () => {
    const rig = await build({ backups: { enabled: false } });
    expect(rig.resources.filter(({ type }) => type.startsWith("aws:s3/"))).toEqual([]);
    expect(known(rig)).toEqual({ bucket: "", restoreFrom: "" });
    expect(statements.map(({ Action }) => Action)).toEqual([["ssm:GetParameter"]]);
  });
});
