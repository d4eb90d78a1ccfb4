import type { RoleCredentials } from "./emulator-client";

/**
 * Seconds before their end at which credentials are made anew; AWS hands new ones out five minutes ahead at
 * the latest.
 */
const AHEAD_SECONDS = 900;

/** Role credentials of instances, kept until shortly before they end. */
export class Credentials {
  private readonly kept = new Map<string, Promise<RoleCredentials>>();

  constructor(
    private readonly issue: (role: string, session: string) => Promise<RoleCredentials>,
    private readonly now: () => number = Date.now,
  ) {}

  /** The document at `iam/security-credentials/<role>`. */
  async document(role: string, instance: string): Promise<string> {
    const made = await this.of(role, instance);
    const { AccessKeyId, SecretAccessKey, Token, Expiration } = made;
    const LastUpdated = new Date(this.now()).toISOString().replace(/\.\d+Z$/, "Z");
    const end = new Date(Expiration).toISOString().replace(/\.\d+Z$/, "Z");
    return JSON.stringify(
      {
        Code: "Success",
        LastUpdated,
        Type: "AWS-HMAC",
        AccessKeyId,
        SecretAccessKey,
        Token,
        Expiration: end,
      },
      null,
      2,
    );
  }

  private async of(role: string, instance: string): Promise<RoleCredentials> {
    const key = `${role} ${instance}`;
    const kept = this.kept.get(key);
    if (kept && Date.parse((await kept).Expiration) - this.now() > AHEAD_SECONDS * 1000) return kept;
    // Those who ask at the same time wait for the same answer; one that failed is not kept.
    const asked = this.issue(role, instance);
    this.kept.set(key, asked);
    asked.catch(() => this.kept.delete(key));
    return asked;
  }
}
