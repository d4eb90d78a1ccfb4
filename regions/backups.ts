import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Ec2MemberConfig } from "../config";
import { ClusterNames, tagsOf } from "./names";
import type { Statement } from "./roles";

/** Days that an overwritten or deleted snapshot can still be had. */
const noncurrentDays = 7;

export interface BackupsArgs {
  readonly names: ClusterNames;
  readonly backups: Ec2MemberConfig["backups"];
  /** Snapshot to begin a lost cluster from: a key of the bucket, or `s3://bucket/key` of another in the region. */
  readonly restoreFrom?: string;
}

/**
 * Where a cluster's snapshots of etcd are kept, and what its nodes have to know of them.
 *
 * A snapshot holds every Secret of the cluster, so the bucket is closed to all but those whom IAM lets in. Its name is drawn
 * and kept in the state: names are one for all of AWS, and one that can be foretold can be taken by somebody else first.
 * Nodes learn it from a parameter, not from user data, which is frozen: a snapshot to restore reaches any node this way.
 *
 * *Cost*: $0.023 per GiB and month; a small cluster's snapshot has a few MB.
 */
export class Backups extends pulumi.ComponentResource {
  /** The bucket's name; undefined where there are no backups. */
  readonly bucket?: pulumi.Output<string>;
  /** What nodes read: `{ "bucket": …, "restoreFrom": … }`, empty texts for what is not given. */
  readonly parameter: aws.ssm.Parameter;
  /** Its name, known at preview. */
  readonly parameterName: string;
  /** What the control plane may do with snapshots. */
  readonly statements: readonly Statement[];
  /** The bucket's rules: nothing is to be written before they hold. */
  readonly rules: readonly pulumi.Resource[];

  constructor(name: string, args: BackupsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("federation:regions:Backups", name, {}, opts);
    const { names, backups, restoreFrom = "" } = args;
    const { region } = names;

    const bucket = backups.enabled ? this.makeBucket(name, names) : undefined;
    this.bucket = bucket?.id;
    this.rules = bucket ? this.ruleBucket(name, region, bucket, backups.keep) : [];
    this.parameterName = `${names.parameters}/control-plane/backups`;
    this.parameter = new aws.ssm.Parameter(
      `${name}-parameter`,
      {
        region,
        name: this.parameterName,
        type: "String",
        insecureValue: pulumi.jsonStringify({ bucket: bucket?.id ?? "", restoreFrom }),
        tags: tagsOf(names, "control-plane-backups"),
      },
      { parent: this },
    );
    this.statements = [
      { Action: ["ssm:GetParameter"], Resource: this.parameter.arn },
      ...(bucket ? ownStatements(bucket.arn) : []),
      ...foreignStatements(restoreFrom),
    ];
    this.registerOutputs({ bucket: this.bucket });
  }

  private makeBucket(name: string, names: ClusterNames): aws.s3.Bucket {
    return new aws.s3.Bucket(
      `${name}-bucket`,
      { region: names.region, forceDestroy: true, tags: tagsOf(names, "backups") },
      { parent: this },
    );
  }

  private ruleBucket(name: string, region: string, own: aws.s3.Bucket, keep: number): pulumi.Resource[] {
    const bucket = own.id;
    // They go with the bucket: taken away one by one, they would leave it open while it is emptied.
    const opts = { parent: this, deletedWith: own };
    const isPrivate = new aws.s3.BucketPublicAccessBlock(
      `${name}-private`,
      {
        region,
        bucket,
        blockPublicAcls: true,
        blockPublicPolicy: true,
        ignorePublicAcls: true,
        restrictPublicBuckets: true,
      },
      opts,
    );
    const ownership = new aws.s3.BucketOwnershipControls(
      `${name}-ownership`,
      { region, bucket, rule: { objectOwnership: "BucketOwnerEnforced" } },
      opts,
    );
    // A node can write but not delete: what one that was broken into overwrites can be had back.
    const versioning = new aws.s3.BucketVersioning(
      `${name}-versioning`,
      { region, bucket, versioningConfiguration: { status: "Enabled" } },
      opts,
    );
    const encryption = new aws.s3.BucketServerSideEncryptionConfiguration(
      `${name}-encryption`,
      { region, bucket, rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }] },
      opts,
    );
    const lifecycle = new aws.s3.BucketLifecycleConfiguration(
      `${name}-lifecycle`,
      {
        region,
        bucket,
        rules: [
          {
            id: "snapshots",
            status: "Enabled",
            filter: {},
            expiration: { days: keep },
            noncurrentVersionExpiration: { noncurrentDays },
            abortIncompleteMultipartUpload: { daysAfterInitiation: 1 },
          },
        ],
      },
      { ...opts, dependsOn: versioning },
    );
    const policy = new aws.s3.BucketPolicy(
      `${name}-policy`,
      { region, bucket, policy: tlsOnly(own.arn) },
      { ...opts, dependsOn: isPrivate },
    );
    return [isPrivate, ownership, versioning, encryption, lifecycle, policy];
  }
}

/** A bucket's policy that refuses whoever comes without TLS. */
function tlsOnly(arn: pulumi.Output<string>): pulumi.Output<string> {
  return pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "TlsOnly",
        Effect: "Deny",
        Principal: "*",
        Action: "s3:*",
        Resource: [arn, pulumi.interpolate`${arn}/*`],
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      },
    ],
  });
}

/** To write and read its own snapshots. To list as well: without it S3 answers a key that is not there like a refusal. */
function ownStatements(arn: pulumi.Output<string>): Statement[] {
  return [
    { Action: ["s3:GetObject", "s3:PutObject"], Resource: pulumi.interpolate`${arn}/*` },
    { Action: ["s3:ListBucket"], Resource: arn },
  ];
}

/** To read the one snapshot of another bucket that is to be restored. */
function foreignStatements(restoreFrom: string): Statement[] {
  const [, path] = /^s3:\/\/(.+)$/.exec(restoreFrom) ?? [];
  return path ? [{ Action: ["s3:GetObject"], Resource: `arn:aws:s3:::${path}` }] : [];
}
