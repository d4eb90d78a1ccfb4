/** `7s`, `2m10s`, `1h05m`. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole}s`;
  const two = (value: number): string => String(value).padStart(2, "0");
  if (whole < 3600) return `${Math.floor(whole / 60)}m${two(whole % 60)}s`;
  return `${Math.floor(whole / 3600)}h${two(Math.floor(whole / 60) % 60)}m`;
}

export interface Standing {
  /** From 1. */
  index: number;
  total: number;
  name: string;
  /** Seconds this step has run. */
  elapsed: number;
  /** Seconds this step is estimated at. */
  estimate: number;
  /** Estimated seconds of the steps done in this run. */
  before: number;
  /** Estimated seconds of all steps of this run. */
  all: number;
}

/** Share of the whole run, 0–99: a step that overruns its estimate counts as nearly done, never as more. */
export function percent(at: Standing): number {
  if (at.all <= 0) return 99;
  return Math.min(99, Math.floor((100 * (at.before + Math.min(at.elapsed, at.estimate * 0.95))) / at.all));
}

/** One line of progress: `[ 5/14] kubernetes … 2m10s (estimate 5m20s, 40% of all)`. */
export function line(at: Standing, done = false): string {
  const width = String(at.total).length;
  const head = `[${String(at.index).padStart(width)}/${at.total}] ${at.name}`;
  if (done) return `${head} made in ${duration(at.elapsed)}`;
  return `${head} … ${duration(at.elapsed)} (estimate ${duration(at.estimate)}, ${percent(at)}% of all)`;
}
