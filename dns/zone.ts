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

/** Seconds that the look at the parent domain may take; it is information, not worth waiting for. */
const LOOK_UP_SECONDS = 2;

/** Whether the world is sent to these name servers for the domain, as this machine's resolver sees it. */
export async function isDelegated(domain: string, nameServers: readonly string[]): Promise<boolean> {
  const resolver = new dns.Resolver({ timeout: LOOK_UP_SECONDS * 1000, tries: 1 });
  // No answer and a wrong answer are the same news: the domain is not reached by way of this zone.
  const found = await resolver.resolveNs(domain).catch(() => [] as string[]);
  const plain = (name: string) => name.toLowerCase().replace(/\.$/, "");
  return found.some((each) => nameServers.map(plain).includes(plain(each)));
}
