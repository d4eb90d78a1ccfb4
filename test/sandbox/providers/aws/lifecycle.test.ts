import { Account, type Resource } from "./account";
import { oneOfEach } from "./fixture";

/** Import ids where upstream's documentation ("Import" section of the resource) wants another than the state's. */
const IMPORT: Record<string, (one: Resource) => string | undefined> = {
  route: ({ inputs }) => `${inputs.routeTableId}_${inputs.destinationCidrBlock}`,
  natRoute: ({ inputs }) => `${inputs.routeTableId}_${inputs.destinationCidrBlock}`,
  peerRoute: ({ inputs }) => `${inputs.routeTableId}_${inputs.destinationCidrBlock}`,
  // In another region than the provider's.
  peerVpc: ({ id, inputs }) => `${id}@${inputs.region}`,
  accepter: ({ id, inputs }) => `${id}@${inputs.region}`,
  association: ({ inputs }) => `${inputs.subnetId}/${inputs.routeTableId}`,
  volumeAttachment: ({ inputs }) => `${inputs.deviceName}:${inputs.volumeId}:${inputs.instanceId}`,
  target: () => undefined, // not importable, as upstream
};
/** What a delete leaves: versioning cannot leave a bucket, only be suspended; a peering goes by its requester's side. */
const LEFT = ["versioning", "accepter", "peeringOptions"];
/** Inputs no AWS call gives back, so an import cannot know them. */
const UNREADABLE = [
  "autoAccept",
  "forceDestroy",
  "instanceRefresh",
  "networkInterfaces",
  "stopInstanceBeforeDetaching",
  "userDataReplaceOnChange",
];

interface Seen {
  diff: Awaited<ReturnType<Resource["diff"]>>;
  refreshed: Awaited<ReturnType<Resource["refresh"]>>;
  created: Record<string, unknown>;
}

// Every call goes to a Python process that other tests may share two cores with.
jest.setTimeout(120_000);

let account: Account;
let made: Record<string, Resource>;
let before: Record<string, unknown>;
const seen = new Map<Resource, Seen>();

beforeAll(async () => {
  account = await Account.open();
  before = await account.emulator.get("/sandbox/account");
  made = await oneOfEach(account, async (one) => {
    const created = one.outputs;
    seen.set(one, { created, diff: await one.diff(), refreshed: await one.refresh() });
  });
});
afterAll(() => account?.close());

const names = [
  ...[
    "vpc",
    "gateway",
    "subnet",
    "table",
    "route",
    "association",
    "endpoint",
    "group",
    "ingress",
    "within",
    "egress",
    "role",
  ],
  ...[
    "rolePolicy",
    "attached",
    "profile",
    "parameter",
    "eni",
    "eip",
    "looseEip",
    "secondEni",
    "eipAssociation",
    "natEip",
    "nat",
    "innerTable",
    "natRoute",
    "peerVpc",
    "peering",
    "accepter",
    "peeringOptions",
    "peerRoute",
    "volume",
  ],
  ...[
    "instance",
    "volumeAttachment",
    "template",
    "balancer",
    "targets",
    "listener",
    "target",
    "scaling",
    "zone",
    "check",
  ],
  ...["record", "alias", "text", "bucket", "versioning", "encryption", "private"],
  ...["ownership", "lifecycle", "bucketPolicy"],
];

test("the names here are the fixture's", () => {
  expect(Object.keys(made)).toEqual(names);
});

describe.each(names)("%s", (name) => {
  test("a second preview shows no change", () => {
    expect(seen.get(made[name])!.diff).toMatchObject({ changes: "DIFF_NONE", details: {} });
  });

  test("a refresh right after creation moves nothing", () => {
    expect(seen.get(made[name])!.refreshed).toEqual({ there: true, inputs: [], outputs: [] });
  });

  test("a preview of its creation knows no computed output, one of its update all of them", async () => {
    const one = made[name];
    const planned = await account.provider.create(one.token, one.inputs, true);
    for (const [property, value] of Object.entries(one.inputs))
      expect(planned.outputs[property]).toEqual(value);
    const { arn } = planned.outputs;
    if (one.outputs.arn !== undefined) expect(arn).toBe("04da6b54-80e4-46f7-96ec-b56ff0331ba9");
    const known = Object.entries(await one.preview({})).filter(([, value]) => value !== null);
    expect(Object.fromEntries(known)).toEqual(one.outputs);
  });

  test("an import by id finds the same inputs", async () => {
    const one = made[name];
    const id = name in IMPORT ? IMPORT[name](one) : one.id;
    if (id === undefined) return expect(one.imported()).rejects.toThrow(/cannot be imported/);
    const found = await one.imported(id);
    expect(found.id).not.toBe("");
    const diff = await account.provider.diff(one.token, found.inputs, one.inputs, found.outputs);
    const differing = Object.keys(diff.details).filter(
      (path) => !UNREADABLE.some((known) => path.startsWith(known)),
    );
    expect(differing).toEqual([]);
  });
});

test("a tag changes in place and shows on a refresh if someone else changed it", async () => {
  const tagged = Object.values(made).filter((one) => one.outputs.tagsAll !== undefined);
  expect(tagged.length).toBeGreaterThan(15);
  for (const one of tagged) {
    const tags = { ...one.inputs.tags, Purpose: "test" };
    expect(await one.diff({ tags })).toMatchObject({ changes: "DIFF_SOME", replaces: [] });
    await one.update({ tags });
    expect(one.outputs).toMatchObject({ tags, tagsAll: tags });
    const { Purpose, ...rest } = tags;
    await one.update({ tags: rest });
    expect([one.token, (await one.refresh()).outputs]).toEqual([one.token, []]);
    expect(one.outputs.tagsAll).toEqual(rest);
  }
});

test("A10: deletion in reverse order waits until each is gone, twice is no error, and the account is as before", async () => {
  for (const [name, one] of Object.entries(made).reverse()) {
    await one.delete();
    if (!LEFT.includes(name)) expect([name, (await one.refresh()).there]).toEqual([name, false]);
    await one.delete();
  }
  expect(await account.emulator.get("/sandbox/account")).toEqual(before);
});
