import { isCode } from "./errors";

/** First pause between two looks, ms. The emulator answers at once, AWS in seconds: so pauses grow. */
const FIRST_PAUSE = 150;
/** Longest pause between two looks, ms. */
const LONGEST_PAUSE = 5_000;

/** Something that did not come in its time. */
export class TimeoutError extends Error {}

/**
 * Looks until `probe` gives something other than `undefined`, at most `seconds`.
 * @param what what is awaited, for the error: "waiting for <what>"
 * @param last says what was seen last, for the error
 */
export async function until<T>(
  what: string,
  seconds: number,
  signal: AbortSignal | undefined,
  probe: () => Promise<T | undefined>,
  last?: () => string,
): Promise<T> {
  const end = Date.now() + seconds * 1000;
  for (let pause = FIRST_PAUSE; ; pause = Math.min(pause * 1.6, LONGEST_PAUSE)) {
    const found = await probe();
    if (found !== undefined) return found;
    if (Date.now() + pause > end) {
      const seen = last?.();
      throw new TimeoutError(
        `waiting for ${what}: not within ${seconds} s${seen ? ` (last seen: ${seen})` : ""}`,
      );
    }
    await sleep(pause, signal);
  }
}

/**
 * Looks until the state that `probe` reports is one of `wanted`; a state outside `wanted` and `pending` ends the wait.
 * @param probe the state, `undefined` where the thing is not (yet, or any more) there
 */
export async function untilState(
  what: string,
  seconds: number,
  signal: AbortSignal | undefined,
  wanted: string[],
  pending: string[],
  probe: () => Promise<string | undefined>,
): Promise<string> {
  let seen: string | undefined;
  return until(
    `${what} to be ${wanted.join(" or ")}`,
    seconds,
    signal,
    async () => {
      seen = await probe();
      if (seen === undefined || pending.includes(seen)) return undefined;
      if (wanted.includes(seen)) return seen;
      throw new Error(`${what} is ${seen}, awaited ${wanted.join(" or ")}`);
    },
    () => seen ?? "nothing",
  );
}

/** Waits until `probe` finds nothing (`undefined` or `false`). */
export async function untilGone(
  what: string,
  seconds: number,
  signal: AbortSignal | undefined,
  probe: () => Promise<unknown>,
): Promise<void> {
  await until(`${what} to be gone`, seconds, signal, async () => ((await probe()) ? undefined : true));
}

/** Calls again while AWS answers with one of `codes`, at most `seconds`; then the last error is passed on. */
export async function retrying<T>(
  codes: string[],
  seconds: number,
  signal: AbortSignal | undefined,
  call: () => Promise<T>,
  /** Narrows the retry to errors whose text contains this. */
  saying?: string,
): Promise<T> {
  const end = Date.now() + seconds * 1000;
  for (let pause = FIRST_PAUSE * 2; ; pause = Math.min(pause * 1.6, LONGEST_PAUSE)) {
    try {
      return await call();
    } catch (error) {
      const again = isCode(error, ...codes) && (!saying || error.reason.includes(saying));
      if (!again || Date.now() + pause > end) throw error;
      await sleep(pause, signal);
    }
  }
}

function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(new Error("cancelled"));
    const stop = () => {
      clearTimeout(timer);
      reject(new Error("cancelled"));
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, ms);
    signal?.addEventListener("abort", stop, { once: true });
  });
}
