import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";

const LONGEST_SECONDS = 21_600;

/**
 * Session tokens of the metadata service: they carry their own end and belong to one instance, so none need
 * be kept.
 */
export class Tokens {
  private readonly key = randomBytes(32);

  constructor(private readonly now: () => number = Date.now) {}

  /** A new token, or nothing if the life asked for (seconds, as a header's text) is not allowed. */
  issue(instance: string, life: string | undefined): { token: string; seconds: number } | undefined {
    const seconds = Number(life);
    if (!life || !Number.isInteger(seconds) || seconds < 1 || seconds > LONGEST_SECONDS) return undefined;
    const end = Math.floor(this.now() / 1000) + seconds;
    return { token: `${end.toString(36)}-${this.sign(instance, end)}`, seconds };
  }

  accepts(instance: string, token: string): boolean {
    const [text, signature = ""] = token.split(/-(.*)/s);
    const end = Number.parseInt(text, 36);
    if (!Number.isFinite(end) || end * 1000 <= this.now()) return false;
    const expected = Buffer.from(this.sign(instance, end));
    const given = Buffer.from(signature);
    return expected.length === given.length && timingSafeEqual(expected, given);
  }

  private sign(instance: string, end: number): string {
    return createHmac("sha256", this.key).update(`${instance} ${end}`).digest("base64url");
  }
}
