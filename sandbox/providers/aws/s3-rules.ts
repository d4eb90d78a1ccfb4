import { unless } from "./errors";
import { GONE, setting } from "./s3";
import { camel, isSet, pascal } from "./shapes";

/** Upstream: aws_s3_bucket_ownership_controls. */
export const bucketOwnershipControls = setting({
  inputs: ["rule"],
  required: ["bucket", "rule"],
  put: ({ s3, inputs }) =>
    s3.putBucketOwnershipControls({
      Bucket: inputs.bucket,
      OwnershipControls: { Rules: [pascal(inputs.rule)] },
    }),
  async read({ s3, id: Bucket }) {
    const absent = [...GONE, "OwnershipControlsNotFoundError"];
    const found = await unless(absent, () => s3.getBucketOwnershipControls({ Bucket }));
    const rule = found?.OwnershipControls?.Rules?.[0];
    return rule && { bucket: Bucket, rule: camel(rule) };
  },
  async delete({ s3, id: Bucket }) {
    await unless(GONE, () => s3.deleteBucketOwnershipControls({ Bucket }));
  },
});

/** Upstream: aws_s3_bucket_policy. */
export const bucketPolicy = setting({
  inputs: ["policy"],
  required: ["bucket", "policy"],
  json: ["policy"],
  put: ({ s3, inputs: { bucket: Bucket, policy } }) =>
    s3.putBucketPolicy({ Bucket, Policy: typeof policy === "string" ? policy : JSON.stringify(policy) }),
  async read({ s3, id: Bucket }) {
    const found = await unless([...GONE, "NoSuchBucketPolicy"], () => s3.getBucketPolicy({ Bucket }));
    return found && { bucket: Bucket, policy: found.Policy };
  },
  async delete({ s3, id: Bucket }) {
    await unless([...GONE, "NoSuchBucketPolicy"], () => s3.deleteBucketPolicy({ Bucket }));
  },
});

const RULE = { id: "ID" };

/** Upstream: aws_s3_bucket_lifecycle_configuration; of its rules' parts those that need no list of their own. */
export const bucketLifecycle = setting({
  inputs: ["rules"],
  required: ["bucket"],
  computed: ["transitionDefaultMinimumObjectSize"],
  put: ({ s3, inputs }) =>
    s3.putBucketLifecycleConfiguration({
      Bucket: inputs.bucket,
      LifecycleConfiguration: {
        // AWS wants a filter in each rule; without a prefix it takes in every object.
        Rules: inputs.rules.map((rule: any) => ({
          ...pascal(rule, RULE),
          Filter: { Prefix: rule.filter?.prefix ?? "" },
        })),
      },
    }),
  async read({ s3, id: Bucket }) {
    const absent = [...GONE, "NoSuchLifecycleConfiguration"];
    const found = await unless(absent, () => s3.getBucketLifecycleConfiguration({ Bucket }));
    if (!found) return undefined;
    const rules = camel(found.Rules ?? [], { ID: "id" }).map(({ filter, ...rule }: any) =>
      isSet(filter?.prefix) ? { ...rule, filter } : rule,
    );
    return {
      bucket: Bucket,
      rules,
      transitionDefaultMinimumObjectSize:
        found.TransitionDefaultMinimumObjectSize ?? "all_storage_classes_128K",
    };
  },
  async delete({ s3, id: Bucket }) {
    await unless(GONE, () => s3.deleteBucketLifecycle({ Bucket }));
  },
});
