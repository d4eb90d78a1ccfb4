import { ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";

/** Milliseconds after which a bucket is not waited for. */
const PATIENCE = 10_000;

/** When a member's last snapshot was written (UTC), `none`, or why nobody knows. Never throws. */
export async function lastSnapshot(region: string, bucket: string, member: string): Promise<string> {
  const client = new S3Client({ region, maxAttempts: 2 });
  let newest: Date | undefined;
  try {
    for (let from: string | undefined, more = true; more;) {
      const page = await client.send(
        new ListObjectsV2Command({ Bucket: bucket, Prefix: `${member}/`, ContinuationToken: from }),
        { abortSignal: AbortSignal.timeout(PATIENCE) },
      );
      for (const { LastModified } of page.Contents ?? [])
        if (LastModified && (!newest || LastModified > newest)) newest = LastModified;
      [from, more] = [page.NextContinuationToken, !!page.IsTruncated];
    }
  } catch (error) {
    return `? (${(error as Error).name})`;
  }
  return newest ? newest.toISOString().slice(0, 16).replace("T", " ") : "none";
}
