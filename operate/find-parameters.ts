import { ListTagsForResourceCommand, paginateDescribeParameters, SSMClient } from "@aws-sdk/client-ssm";
import type { Owned, Tags } from "./ownership";

/** Parameters of the parameter store. */
export async function findParameters(region: string, owned: (tags: Tags) => boolean): Promise<Owned[]> {
  const ssm = new SSMClient({ region });
  const found: Owned[] = [];
  for await (const page of paginateDescribeParameters({ client: ssm }, {})) {
    for (const parameter of page.Parameters ?? []) {
      const { TagList } = await ssm.send(
        new ListTagsForResourceCommand({ ResourceType: "Parameter", ResourceId: parameter.Name }),
      );
      if (owned(TagList)) found.push({ region, kind: "parameter", id: parameter.Name ?? "" });
    }
  }
  return found;
}
