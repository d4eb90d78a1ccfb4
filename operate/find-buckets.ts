import { GetBucketTaggingCommand, paginateListBuckets, S3Client, Tag } from "@aws-sdk/client-s3";
import type { Owned, Tags } from "./ownership";

/** What S3 answers instead of a bucket's tags where it is none of ours: no tags, gone meanwhile, or closed to us. */
const NOT_OURS = ["NoSuchTagSet", "NoSuchBucket", "AccessDenied"];

/** Buckets; any region lists those of all. */
export async function findBuckets(region: string, owned: (tags: Tags) => boolean): Promise<Owned[]> {
  const client = new S3Client({ region, followRegionRedirects: true });
  const found: Owned[] = [];
  // Only a page that says its size tells the buckets' regions.
  for await (const page of paginateListBuckets({ client, pageSize: 1000 }, {})) {
    for (const { Name = "", BucketRegion = "global" } of page.Buckets ?? []) {
      if (owned(await tagsOf(client, Name))) found.push({ region: BucketRegion, kind: "bucket", id: Name });
    }
  }
  return found;
}

async function tagsOf(client: S3Client, Bucket: string): Promise<Tag[]> {
  try {
    return (await client.send(new GetBucketTaggingCommand({ Bucket }))).TagSet ?? [];
  } catch (error) {
    if (NOT_OURS.includes((error as Error).name)) return [];
    throw error;
  }
}
