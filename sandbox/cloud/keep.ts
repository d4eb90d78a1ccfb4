/** How one kind of object is brought to what it should be. Both must be repeatable. */
export interface Keeper<T> {
  /** Makes `id` what `want` says, from whatever it is. */
  apply(id: string, want: T): Promise<void>;
  remove(id: string): Promise<void>;
}

interface Entry<T> {
  want: T | undefined;
  text: string;
  dirty: boolean;
  running: boolean;
  failures: number;
  error?: string;
  timer?: NodeJS.Timeout;
  waiting: (() => void)[];
}

const FIRST_RETRY_MS = 200;
const LAST_RETRY_MS = 10_000;

/**
 * Keeps a set of named objects as wanted: each has a loop of its own, so that one that fails is tried again
 * with a growing pause while the others go on. Changes that come while an object is worked on are done after
 * that, the newest only.
 */
export class Keep<T> {
  private readonly entries = new Map<string, Entry<T>>();
  private free: number;
  private readonly queue: (() => void)[] = [];
  private stopped = false;

  constructor(
    readonly kind: string,
    private readonly keeper: Keeper<T>,
    private readonly log: (line: string) => void,
    /** How many are worked on at once. */
    limit = 8,
  ) {
    this.free = limit;
  }

  /** The whole set as it should be; what is not in it is removed. */
  sync(wanted: ReadonlyMap<string, T>): void {
    for (const [id, want] of wanted) {
      const text = JSON.stringify(want);
      const entry = this.entries.get(id);
      if (entry?.want !== undefined && entry.text === text) continue;
      this.set(id, want, text);
    }
    for (const [id, entry] of this.entries)
      if (!wanted.has(id) && entry.want !== undefined) this.set(id, undefined, "");
  }

  /** Looks at one object again although nothing new is wanted of it. */
  poke(id: string): void {
    const entry = this.entries.get(id);
    if (entry) this.kick(id, entry);
  }

  /** Looks at all of them again, but those that wait for their next try. */
  pokeAll(): void {
    for (const [id, entry] of this.entries) if (!entry.timer && !entry.running) this.kick(id, entry);
  }

  /** Resolves as soon as `id` is as wanted; throws, with its last error, if that takes too long. */
  async applied(id: string, seconds = 30): Promise<void> {
    const entry = this.entries.get(id);
    if (!entry) throw new Error(`${this.kind} ${id} is not there`);
    if (isDone(entry)) return;
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(
        () =>
          reject(
            new Error(
              `${this.kind} ${id} not ready within ${seconds} s${entry.error ? `: ${entry.error}` : ""}`,
            ),
          ),
        seconds * 1000,
      );
      entry.waiting.push(() => (clearTimeout(timer), resolve()));
    });
  }

  /** What is not as wanted, each with the reason if there is one. */
  unsettled(): string[] {
    return [...this.entries]
      .filter(([, entry]) => !isDone(entry))
      .map(([id, entry]) => `${this.kind} ${id}${entry.error ? `: ${entry.error}` : ""}`);
  }

  /** Ends all retries and waits for what is being done. */
  async stop(): Promise<void> {
    this.stopped = true;
    for (const entry of this.entries.values()) clearTimeout(entry.timer);
    while ([...this.entries.values()].some((entry) => entry.running))
      await new Promise((done) => setTimeout(done, 10));
  }

  ids(): string[] {
    return [...this.entries.keys()];
  }

  private set(id: string, want: T | undefined, text: string): void {
    const entry = this.entries.get(id) ?? {
      want,
      text,
      dirty: false,
      running: false,
      failures: 0,
      waiting: [],
    };
    this.entries.set(id, Object.assign(entry, { want, text, failures: 0 }));
    this.kick(id, entry);
  }

  private kick(id: string, entry: Entry<T>): void {
    clearTimeout(entry.timer);
    entry.timer = undefined;
    entry.dirty = true;
    if (!entry.running && !this.stopped) void this.work(id, entry);
  }

  private async work(id: string, entry: Entry<T>): Promise<void> {
    entry.running = true;
    if (this.free > 0) this.free--;
    else await new Promise<void>((go) => this.queue.push(go));
    while (entry.dirty && !this.stopped) {
      entry.dirty = false;
      try {
        if (entry.want === undefined) await this.keeper.remove(id);
        else await this.keeper.apply(id, entry.want);
        entry.failures = 0;
        entry.error = undefined;
      } catch (error) {
        this.failed(id, entry, error as Error);
        break;
      }
    }
    entry.running = false;
    const next = this.queue.shift();
    if (next) next();
    else this.free++;
    if (entry.dirty || this.stopped) return;
    if (entry.want === undefined) this.entries.delete(id);
    for (const done of entry.waiting.splice(0)) done();
  }

  private failed(id: string, entry: Entry<T>, error: Error): void {
    if (entry.error !== error.message) this.log(`${this.kind} ${id}: ${error.message}`);
    entry.error = error.message;
    entry.dirty = true;
    const pause = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** entry.failures++);
    entry.timer = setTimeout(() => this.kick(id, entry), pause);
  }
}

function isDone<T>(entry: Entry<T>): boolean {
  return !entry.dirty && !entry.running;
}
