import type { CloudState } from "./state";

const POLL_SECONDS = 20;
const FIRST_PAUSE_MS = 100;
const LAST_PAUSE_MS = 5000;

/** Follows the emulator's state by long polls: one answer for each change, at most one question at a time. */
export class Feed {
  private readonly aborted = new AbortController();
  private loop?: Promise<void>;

  constructor(
    private readonly emulator: string,
    private readonly changed: (state: CloudState) => void,
    private readonly log: (line: string) => void,
  ) {}

  start(): void {
    this.loop ??= this.follow();
  }

  async stop(): Promise<void> {
    this.aborted.abort();
    await this.loop;
  }

  /** The state as it is now. */
  current(): Promise<CloudState> {
    return this.ask(-1, 0, AbortSignal.timeout(10_000));
  }

  private async follow(): Promise<void> {
    let version = -1;
    let failures = 0;
    while (!this.aborted.signal.aborted) {
      try {
        // A connection that died unnoticed must not stop the world.
        const limit = AbortSignal.any([this.aborted.signal, AbortSignal.timeout((POLL_SECONDS + 10) * 1000)]);
        const state = await this.ask(version, POLL_SECONDS, limit);
        if (failures) this.log(`the emulator answers again after ${failures} tries`);
        failures = 0;
        if (state.version === version) continue;
        version = state.version;
        this.changed(state);
      } catch (error) {
        if (this.aborted.signal.aborted) return;
        if (failures === 0)
          this.log(`no state from the emulator at ${this.emulator}: ${reason(error as Error)}; trying again`);
        await pause(Math.min(LAST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** failures++), this.aborted.signal);
      }
    }
  }

  private async ask(after: number, wait: number, signal: AbortSignal): Promise<CloudState> {
    const response = await fetch(`${this.emulator}/sandbox/state?after=${after}&wait=${wait}`, { signal });
    if (!response.ok) throw new Error(`HTTP ${response.status}: ${(await response.text()).slice(0, 300)}`);
    return (await response.json()) as CloudState;
  }
}

function reason(error: Error): string {
  return error.cause instanceof Error ? error.cause.message : error.message;
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener("abort", () => (clearTimeout(timer), done()), { once: true });
  });
}
