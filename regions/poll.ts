/** How to wait: what for, how long, and who is told. */
export interface Wait {
  /** What is waited for, as the subject of the error: `member us-east joining the federation`. */
  readonly what: string;
  /** Seconds until it is given up. */
  readonly timeout: number;
  /** Told what is missing whenever that changes, and from time to time when it does not. */
  readonly report?: (line: string) => void;
  /** Milliseconds between two looks. @default 1000 */
  readonly interval?: number;
}

/** Seconds after which the same line is reported again. */
const REPEAT = 15;

/**
 * Looks again and again until `look` answers undefined; any other answer says what is still missing. An error counts as
 * such an answer, since an API that comes up refuses connections for a while.
 * @throws Error with the last answer when the time is over.
 */
export async function until(wait: Wait, look: () => Promise<string | undefined>): Promise<void> {
  const started = Date.now();
  const seconds = () => Math.round((Date.now() - started) / 1000);
  for (let told = { missing: "", at: 0 }; ;) {
    const missing = await look().catch((error: Error) => error.message);
    if (missing === undefined) return;
    if (seconds() >= wait.timeout)
      throw new Error(`${wait.what}: not done after ${wait.timeout} s: ${missing}`);
    if (missing !== told.missing || seconds() >= told.at + REPEAT) {
      told = { missing, at: seconds() };
      wait.report?.(`${wait.what} (${told.at} s): ${missing.split("\n", 1)[0]}`);
    }
    await new Promise((resolve) => setTimeout(resolve, wait.interval ?? 1000));
  }
}
