import * as s3 from "@aws-sdk/client-s3";
import { findBuckets } from "../../operate/find-buckets";
import { isOwned } from "../../operate/ownership";
import type { Clients } from "../sandbox/emulator/emulator";
import { ownAccount } from "./account";

jest.setTimeout(60_000);

const account = ownAccount();
let c: Clients;
beforeAll(() => {
  c = account().clients("us-west-2");
});

const make = async (Bucket: string, stack?: string) => {
  const CreateBucketConfiguration = { LocationConstraint: "us-west-2" as const };
  await c.s3.send(new s3.CreateBucketCommand({ Bucket, CreateBucketConfiguration }));
  const TagSet = [{ Key: "federation/stack", Value: `federation/${stack}` }];
  if (stack) await c.s3.send(new s3.PutBucketTaggingCommand({ Bucket, Tagging: { TagSet } }));
};

test("A14: a bucket is found by its tag from any region, and no other stack's, until it is gone", async () => {
  await make("ours", "test");
  await make("theirs", "another");
  await make("anybodys");
  const found = () => findBuckets("us-east-1", isOwned("test"));
  expect(await found()).toEqual([expect.objectContaining({ kind: "bucket", id: "ours" })]);
  await c.s3.send(new s3.DeleteBucketCommand({ Bucket: "ours" }));
  expect(await found()).toEqual([]);
});
