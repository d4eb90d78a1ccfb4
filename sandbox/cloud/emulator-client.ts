/**
 * The daemon's own calls to the emulator: what the machines tell the cloud, and what the metadata service
 * hands out.
 */
export class EmulatorClient {
  constructor(private readonly url: string) {}

  /** What GetConsoleOutput answers. */
  async putConsole(instance: string, text: string): Promise<void> {
    await this.call("PUT", `/sandbox/console/${instance}`, text, "text/plain");
  }

  async putTargetHealth(report: Record<string, Record<string, string>>): Promise<void> {
    await this.call("PUT", "/sandbox/target-health", JSON.stringify(report));
  }

  async credentials(role: string, session: string): Promise<RoleCredentials> {
    return (await (
      await this.call("POST", "/sandbox/credentials", JSON.stringify({ role, session }))
    ).json()) as RoleCredentials;
  }

  private async call(
    method: string,
    path: string,
    body: string,
    type = "application/json",
  ): Promise<Response> {
    const response = await fetch(this.url + path, {
      method,
      body,
      headers: { "content-type": type },
      signal: AbortSignal.timeout(10_000),
    });
    if (!response.ok)
      throw new Error(`${method} ${path}: HTTP ${response.status} ${(await response.text()).slice(0, 300)}`);
    return response;
  }
}

export interface RoleCredentials {
  AccessKeyId: string;
  SecretAccessKey: string;
  Token: string;
  /** ISO 8601 */
  Expiration: string;
}
