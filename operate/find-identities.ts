import {
  IAMClient,
  ListInstanceProfileTagsCommand,
  ListRoleTagsCommand,
  paginateListInstanceProfiles,
  paginateListRoles,
} from "@aws-sdk/client-iam";
import type { Owned, Tags } from "./ownership";

/** Roles and instance profiles; IAM is one for all regions. */
export async function findIdentities(region: string, owned: (tags: Tags) => boolean): Promise<Owned[]> {
  const iam = new IAMClient({ region });
  const found: Owned[] = [];
  for await (const page of paginateListRoles({ client: iam }, {})) {
    for (const role of page.Roles ?? []) {
      // AWS's own service-linked roles are never a stack's, and may not even be asked for their tags everywhere.
      if (role.Path?.startsWith("/aws-service-role/")) continue;
      const { Tags } = await iam.send(new ListRoleTagsCommand({ RoleName: role.RoleName }));
      if (owned(Tags)) found.push({ region: "global", kind: "role", id: role.Arn ?? "" });
    }
  }
  for await (const page of paginateListInstanceProfiles({ client: iam }, {})) {
    for (const profile of page.InstanceProfiles ?? []) {
      const { Tags } = await iam.send(
        new ListInstanceProfileTagsCommand({ InstanceProfileName: profile.InstanceProfileName }),
      );
      if (owned(Tags)) found.push({ region: "global", kind: "instance profile", id: profile.Arn ?? "" });
    }
  }
  return found;
}
