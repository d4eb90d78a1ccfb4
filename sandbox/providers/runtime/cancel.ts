/** What a cancel ends at once, and what it lets finish. */

/** Milliseconds that a request under way gets to finish: its answer says what now exists. */
const GRACE_MS = 10_000;

const later = new WeakMap<AbortSignal, AbortSignal>();

/**
 * `signal`, some seconds later. For requests that change something: one that is cut off may have made what no state
 * knows of. Waits between requests end with `signal` itself.
 */
export function afterGrace(signal: AbortSignal): AbortSignal {
  let late = later.get(signal);
  if (!late) {
    const controller = new AbortController();
    const start = () => void setTimeout(() => controller.abort(cancellation()), GRACE_MS).unref();
    if (signal.aborted) start();
    else signal.addEventListener("abort", start, { once: true });
    late = controller.signal;
    later.set(signal, late);
  }
  return late;
}

export function cancellation(): DOMException {
  return new DOMException("cancelled by the engine", "AbortError");
}

/** Whether `error` is, or comes from, something cut off in the middle. */
export function isCutOff(error: unknown): boolean {
  if (typeof error !== "object" || error === null) return false;
  const { name, cause } = error as { name?: string; cause?: unknown };
  return name === "AbortError" || isCutOff(cause);
}
