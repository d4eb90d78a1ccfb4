import { dnsSuffix, partition } from "./arn";
import { isCode, unless } from "./errors";
import type { Call, Spec } from "./resource";
import { camel, isSet, pascal } from "./shapes";
import { fromList, type TagWriter, toList } from "./tags";
import { retrying, untilGone } from "./wait";

/** Codes of a bucket that is not there. */
export const GONE = ["NoSuchBucket", "NotFound", "404"];

const bucketTags: TagWriter = async (call) => {
  const TagSet = toList(call.tags);
  if (TagSet) await call.s3.putBucketTagging({ Bucket: call.id, Tagging: { TagSet } });
  else await call.s3.deleteBucketTagging({ Bucket: call.id });
};

/** Upstream: aws_s3_bucket. Versioning, encryption and public access are resources of their own. */
export const bucket: Spec = {
  inputs: ["bucket", "forceDestroy", "objectLockEnabled"],
  autoname: {
    property: "bucket",
    maxLength: 63,
    clean: (name) => name.toLowerCase().replace(/[^a-z0-9.-]/g, "-"),
  },
  defaults: { forceDestroy: false },
  filled: ["objectLockEnabled"],
  replaceOn: ["bucket", "objectLockEnabled"],
  computed: ["arn", "bucketDomainName", "bucketPrefix", "bucketRegion", "bucketRegionalDomainName"],
  tags: bucketTags,
  async create(call) {
    const { bucket: Bucket, objectLockEnabled } = call.inputs;
    const CreateBucketConfiguration =
      call.region === "us-east-1" ? undefined : { LocationConstraint: call.region as any };
    const make = () =>
      call.s3.createBucket({
        Bucket,
        CreateBucketConfiguration,
        ObjectLockEnabledForBucket: objectLockEnabled,
      });
    await retrying(["OperationAborted"], 120, call.signal, make);
    return Bucket;
  },
  async settle(call) {
    if (isSet(call.tags)) await bucketTags(call, call.tags, []);
  },
  async read(call) {
    const { s3, id: Bucket, region } = call;
    if (!(await unless(GONE, () => s3.headBucket({ Bucket })))) return undefined;
    const tags = await unless(["NoSuchTagSet"], () => s3.getBucketTagging({ Bucket }));
    return {
      arn: `arn:${partition(region)}:s3:::${Bucket}`,
      bucket: Bucket,
      bucketDomainName: `${Bucket}.s3.${dnsSuffix(region)}`,
      bucketPrefix: "",
      bucketRegion: region,
      bucketRegionalDomainName: `${Bucket}.s3.${region}.${dnsSuffix(region)}`,
      objectLockEnabled: call.inputs.objectLockEnabled ?? false,
      tagsAll: fromList(tags?.TagSet),
    };
  },
  async update() {
    // Only tags and forceDestroy change in place; tags are written by `tags`, forceDestroy is about delete.
  },
  async delete(call) {
    const remove = async () => {
      if (call.inputs.forceDestroy) await empty(call);
      await unless(GONE, () => call.s3.deleteBucket({ Bucket: call.id }));
    };
    await retrying(
      call.inputs.forceDestroy ? ["BucketNotEmpty"] : ["OperationAborted"],
      120,
      call.signal,
      remove,
    );
    await untilGone(`bucket ${call.id}`, 120, call.signal, () =>
      unless(GONE, () => call.s3.headBucket({ Bucket: call.id })),
    );
  },
};

/** Deletes every version and marker, a thousand a call. */
async function empty({ s3, id: Bucket }: Call): Promise<void> {
  for (let page = 0; page < 10_000; page++) {
    const found = await unless(GONE, () => s3.listObjectVersions({ Bucket }));
    const objects = [...(found?.Versions ?? []), ...(found?.DeleteMarkers ?? [])];
    if (!objects.length) return;
    const Objects = objects.map(({ Key, VersionId }) => ({ Key: Key!, VersionId }));
    const { Errors } = await s3.deleteObjects({ Bucket, Delete: { Objects, Quiet: true } });
    if (Errors?.length)
      throw new Error(`emptying bucket ${Bucket}: ${Errors[0].Key}: ${Errors[0].Code}: ${Errors[0].Message}`);
  }
  throw new Error(`bucket ${Bucket} is not empty after ten million deletions`);
}

/** A setting of a bucket: its id is the bucket's name. */
export function setting(
  rest: Pick<Spec, "inputs" | "required" | "read" | "delete"> & {
    put(call: Call): Promise<unknown>;
  } & Partial<Spec>,
): Spec {
  const put = async (call: Call) =>
    void (await retrying(["NoSuchBucket", "OperationAborted"], 120, call.signal, () => rest.put(call)));
  return {
    ...rest,
    inputs: ["bucket", ...rest.inputs],
    replaceOn: ["bucket"],
    computed: rest.computed ?? [],
    async create(call) {
      await put(call);
      return call.inputs.bucket;
    },
    update: put,
  };
}

/** Upstream: aws_s3_bucket_versioning. */
export const bucketVersioning = setting({
  inputs: ["versioningConfiguration"],
  required: ["bucket", "versioningConfiguration"],
  put: ({ s3, inputs }) =>
    s3.putBucketVersioning({
      Bucket: inputs.bucket,
      VersioningConfiguration: { Status: inputs.versioningConfiguration.status },
    }),
  async read({ s3, id: Bucket }) {
    const found = await unless(GONE, () => s3.getBucketVersioning({ Bucket }));
    if (!found) return undefined;
    return {
      bucket: Bucket,
      versioningConfiguration: { status: found.Status ?? "Disabled", mfaDelete: found.MFADelete ?? "" },
    };
  },
  async delete({ s3, id: Bucket, inputs }) {
    if (inputs.versioningConfiguration?.status === "Disabled") return;
    await unless(GONE, () =>
      s3.putBucketVersioning({ Bucket, VersioningConfiguration: { Status: "Suspended" } }),
    );
  },
});

/** Upstream: aws_s3_bucket_server_side_encryption_configuration. */
export const bucketEncryption = setting({
  inputs: ["rules"],
  required: ["bucket", "rules"],
  put: ({ s3, inputs }) =>
    s3.putBucketEncryption({
      Bucket: inputs.bucket,
      ServerSideEncryptionConfiguration: {
        Rules: inputs.rules.map((rule: any) => ({
          ApplyServerSideEncryptionByDefault: pascal(rule.applyServerSideEncryptionByDefault, {
            kmsMasterKeyId: "KMSMasterKeyID",
            sseAlgorithm: "SSEAlgorithm",
          }),
          BucketKeyEnabled: rule.bucketKeyEnabled,
        })),
      },
    }),
  async read({ s3, id: Bucket }) {
    const absent = [...GONE, "ServerSideEncryptionConfigurationNotFoundError"];
    const found = await unless(absent, () => s3.getBucketEncryption({ Bucket }));
    if (!found) return undefined;
    const renamed = { KMSMasterKeyID: "kmsMasterKeyId", SSEAlgorithm: "sseAlgorithm" };
    return { bucket: Bucket, rules: camel(found.ServerSideEncryptionConfiguration?.Rules ?? [], renamed) };
  },
  async delete({ s3, id: Bucket }) {
    await unless(GONE, () => s3.deleteBucketEncryption({ Bucket }));
  },
});

const BLOCKS = ["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"];

/** Upstream: aws_s3_bucket_public_access_block. */
export const bucketPublicAccessBlock = setting({
  inputs: [...BLOCKS, "skipDestroy"],
  required: ["bucket"],
  defaults: Object.fromEntries(BLOCKS.map((name) => [name, false])),
  put: ({ s3, inputs }) =>
    s3.putPublicAccessBlock({
      Bucket: inputs.bucket,
      PublicAccessBlockConfiguration: pascal(Object.fromEntries(BLOCKS.map((name) => [name, inputs[name]]))),
    }),
  async read({ s3, id: Bucket }) {
    const found = await unless([...GONE, "NoSuchPublicAccessBlockConfiguration"], () =>
      s3.getPublicAccessBlock({ Bucket }),
    );
    return found && { bucket: Bucket, ...camel(found.PublicAccessBlockConfiguration) };
  },
  async delete({ s3, id: Bucket, inputs }) {
    if (inputs.skipDestroy) return;
    try {
      await s3.deletePublicAccessBlock({ Bucket });
    } catch (error) {
      if (!isCode(error, ...GONE)) throw error;
    }
  },
});
