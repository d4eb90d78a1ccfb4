import { Account } from "./account";

// Every call goes to a Python process that other tests may share two cores with.
jest.setTimeout(120_000);

let account: Account;
beforeAll(async () => {
  account = await Account.open({
    defaultTags: JSON.stringify({ tags: { Project: "federation", Stack: "test" } }),
  });
});
afterAll(() => account?.close());

test("the provider's default tags are in tagsAll, not in tags; a resource's own win (default_tags)", async () => {
  const vpc = await account.create("aws:ec2/vpc:Vpc", {
    cidrBlock: "10.0.0.0/16",
    tags: { Name: "vpc", Stack: "own" },
  });
  expect(vpc.outputs).toMatchObject({
    tags: { Name: "vpc", Stack: "own" },
    tagsAll: { Name: "vpc", Project: "federation", Stack: "own" },
  });
  expect((await vpc.diff()).changes).toBe("DIFF_NONE");
  expect(await vpc.refresh()).toEqual({ there: true, inputs: [], outputs: [] });
  // As if a default tag had been added since.
  const { Project, ...without } = vpc.outputs.tagsAll;
  vpc.outputs = { ...vpc.outputs, tagsAll: without };
  expect(await vpc.diff()).toMatchObject({ changes: "DIFF_SOME", replaces: [] });
  await vpc.delete();
});
