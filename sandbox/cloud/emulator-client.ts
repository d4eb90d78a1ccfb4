/** The daemon's own calls to the emulator: what the machines tell the cloud, and what the metadata service hands out. */
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
    return (await (await this.call("POST", "/sandbox/credentials", JSON.stringify({ role, session }))).json()) as RoleCredentials;
  }

  /** Zone ids (`usw2-az1`) of a region by zone name, as EC2 itself gives them. */
  async zoneIds(region: string): Promise<Map<string, string>> {
    const response = await fetch(this.url, {
      method: "POST",
      signal: AbortSignal.timeout(10_000),
      headers: {
        "content-type": "application/x-www-form-urlencoded",
        // The emulator takes service and region from the signature's scope and checks no more on this port.
        authorization: `AWS4-HMAC-SHA256 Credential=sandbox/20260101/${region}/ec2/aws4_request, SignedHeaders=host, Signature=none`,
      },
      body: "Action=DescribeAvailabilityZones&Version=2016-11-15",
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`DescribeAvailabilityZones in ${region}: HTTP ${response.status} ${text.slice(0, 200)}`);
    const items = text.split("<item>").map((item) => [tag(item, "zoneName"), tag(item, "zoneId")]);
    return new Map(items.flatMap(([name, id]) => (name && id ? [[name, id]] : [])));
  }

  private async call(method: string, path: string, body: string, type = "application/json"): Promise<Response> {
    const response = await fetch(this.url + path, { method, body, headers: { "content-type": type }, signal: AbortSignal.timeout(10_000) });
    if (!response.ok) throw new Error(`${method} ${path}: HTTP ${response.status} ${(await response.text()).slice(0, 300)}`);
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

const tag = (xml: string, name: string): string | undefined => xml.match(new RegExp(`<${name}>([^<]*)</${name}>`))?.[1];
