/** One thing that a stack left. */
export interface Owned {
  readonly region: string;
  readonly kind: string;
  /** ARN where the service has one, else the id. */
  readonly id: string;
}

/** Any region answers what is global; this one always exists and is never opted out of. */
export const GLOBAL_REGION = "us-east-1";

/** Tags as AWS's answers have them, in both of its spellings. */
export type Tags = readonly { Key?: string; Value?: string; key?: string; value?: string }[] | undefined;

/** The tag that everything made by the program carries; index.ts gives it to the AWS provider as a default tag. */
export const STACK_TAG = "federation/stack";

/** The project whose stacks are looked for; the name that Pulumi.yaml gives it. */
const PROJECT = "federation";

/** Value of the tag for one of the project's stacks. */
export function stackTagValue(stack: string): string {
  return `${PROJECT}/${stack}`;
}

/** Says of a resource's tags whether it belongs to a stack: made by the program, or by one of its clusters' controllers. */
export function isOwned(stack: string): (tags: Tags) => boolean {
  // The names of clusters, as regions/names.ts makes them, without the member: one that left the config is found too.
  const clusters = `kubernetes.io/cluster/${PROJECT}-${stack}-`;
  return (tags) =>
    (tags ?? []).some((tag) => {
      const key = tag.Key ?? tag.key ?? "";
      return (
        (key === STACK_TAG && (tag.Value ?? tag.value) === stackTagValue(stack)) || key.startsWith(clusters)
      );
    });
}
