/**
 * Does something again and again, with a pause after each time; a failure is told once until it goes well
 * again.
 */
export class Every {
  private timer?: NodeJS.Timeout;
  private running?: Promise<void>;
  private stopped = false;
  private failure = "";

  constructor(
    private readonly what: string,
    private readonly milliseconds: number,
    private readonly work: () => Promise<void> | void,
    private readonly log: (line: string) => void,
  ) {}

  start(): this {
    this.timer = setTimeout(() => (this.running = this.once()), this.milliseconds);
    return this;
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.running;
  }

  private async once(): Promise<void> {
    try {
      await this.work();
      this.failure = "";
    } catch (error) {
      const message = (error as Error).message;
      if (message !== this.failure) this.log(`${this.what}: ${message}`);
      this.failure = message;
    }
    if (!this.stopped) this.start();
  }
}
