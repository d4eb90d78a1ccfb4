import * as pulumi from "@pulumi/pulumi";

/** Shows lines of progress at a resource, one after the other in the same place. */
export function shownAt(resource: pulumi.Resource): (line: string) => void {
  return (line) => void pulumi.log.info(line, resource, undefined, true);
}

/**
 * The resources `after`, handed out for a `dependsOn` only when `check` has passed. It is no resource of its own: the
 * check runs in every `up` once all of `after` are there, and never in a preview; it makes nothing that the state would have to know.
 */
export function gate<T>(
  after: readonly pulumi.Resource[],
  inputs: pulumi.Input<T>,
  check: (inputs: pulumi.Unwrap<T>) => Promise<void>,
): pulumi.Output<pulumi.Resource[]> {
  const created = pulumi.all(after.map((resource) => resource.urn));
  return pulumi.all([pulumi.output(inputs), created]).apply(async ([values]) => {
    if (!pulumi.runtime.isDryRun()) await check(values as pulumi.Unwrap<T>).catch(fail);
    return [...after];
  });
}

function fail(error: Error): never {
  throw told(error);
}

/**
 * An error as whoever runs the program is to see it: what a check found out by its message alone, since the engine shows no
 * place of this class and shows one object once; a slip of ours with its place.
 */
export function told(error: Error): Error {
  return error.name === "Error" ? new pulumi.RunError(error.message, { cause: error }) : error;
}
