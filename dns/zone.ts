import { promises as dns } from "node:dns";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

/** Arguments of {@link Zone}. */
export interface ZoneArgs {
  /** Domain of the zone, without a dot at its end. */
  readonly domain: string;
  /** Use the zone that is there, and leave it when the stack goes. @default false: one is made; *costs* $0.50 a month */
  readonly existing?: boolean;
}

/** The hosted zone of the stack's domain, made or found. */
export class Zone extends pulumi.ComponentResource {
  readonly domain: string;
  readonly zoneId: pulumi.Output<string>;
  /** What the parent domain has to name as this one's name servers. */
  readonly nameServers: pulumi.Output<string[]>;

  constructor(name: string, args: ZoneArgs, opts?: pulumi.ComponentResourceOptions) {
    super("federation:dns:Zone", name, {}, opts);
    this.domain = args.domain;
    if (args.existing) {
      const found = aws.route53.getZoneOutput({ name: args.domain, privateZone: false }, { parent: this });
      this.zoneId = found.zoneId;
      this.nameServers = found.nameServers;
    } else {
      const zone = new aws.route53.Zone(
        `${name}-zone`,
        { name: args.domain, comment: `${pulumi.getProject()}/${pulumi.getStack()}` },
        { parent: this },
      );
      this.zoneId = zone.zoneId;
      this.nameServers = zone.nameServers;
    }
    this.registerOutputs({ zoneId: this.zoneId, nameServers: this.nameServers });
  }
}

/** Seconds that one look at the parent domain may take, and until an `up` believes that nobody is sent here. */
const LOOK_SECONDS = 2;
const PATIENCE_SECONDS = 10;

/**
 * Whether the world is sent to these name servers for the domain, as this machine's resolver sees it. An `up` looks for
 * a while: a zone made a moment ago is not served everywhere, and a preview after it would show another answer.
 */
export async function isDelegated(
  domain: string,
  nameServers: readonly string[],
  look: (domain: string) => Promise<string[]> = lookUp,
): Promise<boolean> {
  const end = Date.now() + (pulumi.runtime.isDryRun() ? 0 : PATIENCE_SECONDS * 1000);
  for (;;) {
    // No answer and a wrong answer are the same news: the domain is not reached by way of this zone.
    const found = await look(domain).catch(() => [] as string[]);
    if (found.some((each) => nameServers.map(plain).includes(plain(each)))) return true;
    if (Date.now() >= end) return false;
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}

function lookUp(domain: string): Promise<string[]> {
  return new dns.Resolver({ timeout: LOOK_SECONDS * 1000, tries: 1 }).resolveNs(domain);
}

function plain(name: string): string {
  return name.toLowerCase().replace(/\.$/, "");
}
