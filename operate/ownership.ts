/** One thing that a stack left. */
export interface Owned {
  readonly region: string;
  readonly kind: string;
  /** ARN where the service has one, else the id. */
  readonly id: string;
}

/** Tags as AWS's answers have them, in both of its spellings. */
export type Tags = readonly { Key?: string; Value?: string; key?: string; value?: string }[] | undefined;

/** The tag that everything made by the program carries; index.ts gives it to the AWS provider as a default tag. */
export const STACK_TAG = "federation:stack";

/** The default tags of a stack's resources. */
export function stackTags(stack: string): Record<string, string> {
  return { [STACK_TAG]: stack };
}

/** The name of a member's cluster in AWS, which its cloud controller writes into tags. */
export function clusterName(stack: string, member: string): string {
  return `${stack}-${member}`;
}

/** Says of a resource's tags whether it belongs to a stack: made by the program, or by one of its clusters' controllers. */
export function isOwned(stack: string): (tags: Tags) => boolean {
  const cluster = `kubernetes.io/cluster/${clusterName(stack, "")}`;
  return (tags) =>
    (tags ?? []).some((tag) => {
      const key = tag.Key ?? tag.key ?? "";
      return (key === STACK_TAG && (tag.Value ?? tag.value) === stack) || key.startsWith(cluster);
    });
}
