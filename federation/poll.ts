import * as pulumi from "@pulumi/pulumi";

/** How to wait: what for, how long, and who reports the progress. */
export interface Wait {
  /** What is waited for, as the subject of the error: `member us-east joining the federation`. */
  readonly what: string;
  /** Seconds until it is given up. */
  readonly timeout: number;
  /** The resource that progress lines are shown at. */
  readonly resource?: pulumi.Resource;
  /** Milliseconds between two looks. @default 1000 */
  readonly interval?: number;
}

/** Seconds between two progress lines. */
const REPORT_EVERY = 5;

/**
 * Looks again and again until `look` answers undefined; any other answer says what is still missing. An error counts as
 * such an answer, since an API that comes up refuses connections for a while.
 * @throws Error with the last answer when the time is over.
 */
export async function until(wait: Wait, look: () => Promise<string | undefined>): Promise<void> {
  const started = Date.now();
  const seconds = () => Math.round((Date.now() - started) / 1000);
  for (let reported = 0; ;) {
    const missing = await look().catch((error: Error) => error.message);
    if (missing === undefined) return;
    if (seconds() >= wait.timeout)
      throw new Error(`${wait.what}: not done after ${wait.timeout} s: ${missing}`);
    if (seconds() >= reported + REPORT_EVERY) {
      reported = seconds();
      const firstLine = missing.split("\n", 1)[0];
      await pulumi.log.info(`${wait.what} (${reported} s): ${firstLine}`, wait.resource, undefined, true);
    }
    await new Promise((resolve) => setTimeout(resolve, wait.interval ?? 1000));
  }
}

/**
 * The resources `after`, handed out for a `dependsOn` only when `check` has passed. It is no resource of its own: the
 * check only reads, runs in every `up` once all of `after` are there, and never in a preview.
 */
export function gate<T>(
  after: readonly pulumi.Resource[],
  inputs: pulumi.Input<T>,
  check: (inputs: pulumi.Unwrap<T>) => Promise<void>,
): pulumi.Output<pulumi.Resource[]> {
  const created = pulumi.all(after.map((resource) => resource.urn));
  return pulumi.all([pulumi.output(inputs), created]).apply(async ([values]) => {
    if (!pulumi.runtime.isDryRun()) await check(values as pulumi.Unwrap<T>);
    return [...after];
  });
}
