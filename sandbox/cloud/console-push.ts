import { createHash } from "node:crypto";
import type { Machine } from "./apply-instances";

const TAIL_BYTES = 64 * 1024;

/**
 * Sends what machines say on their consoles to the emulator, as GetConsoleOutput answers it; only what is
 * new.
 */
export class ConsolePush {
  private readonly sent = new Map<string, string>();

  constructor(
    private readonly send: (instance: string, text: string) => Promise<void>,
    private readonly log: (line: string) => void,
  ) {}

  async push(machines: readonly [string, Machine][]): Promise<void> {
    for (const [id, machine] of machines) {
      try {
        const text = (await machine.console()).slice(-TAIL_BYTES);
        const digest = createHash("sha256").update(text).digest("base64");
        if (!text || this.sent.get(id) === digest) continue;
        await this.send(id, text);
        this.sent.set(id, digest);
      } catch (error) {
        this.log(`console of ${id}: ${(error as Error).message}`);
      }
    }
    const known = new Set(machines.map(([id]) => id));
    for (const id of this.sent.keys()) if (!known.has(id)) this.sent.delete(id);
  }
}
