import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

/** What Route 53's checkers ask an endpoint. */
export interface Health {
  readonly protocol: "http" | "https" | "tcp";
  readonly port: number;
  /** Has to answer with a status below 400; by tcp a connection is enough, and there is none. */
  readonly path?: string;
  /** Seconds between two looks of one checker. 10 *costs* more. @default 30 */
  readonly interval?: number;
  /** Looks in a row that decide. @default 3 */
  readonly threshold?: number;
}

/** What is looked at: a host name, or an address that is asked for a name. */
export interface Endpoint {
  readonly fqdn: pulumi.Input<string>;
  readonly ipAddress?: pulumi.Input<string>;
}

/**
 * A check of one endpoint from Route 53's checkers around the world.
 * *Costs* $0.50 a month at AWS endpoints, by https $1 more.
 */
export function healthCheck(
  name: string,
  endpoint: Endpoint,
  health: Health,
  opts: pulumi.CustomResourceOptions,
): aws.route53.HealthCheck {
  return new aws.route53.HealthCheck(
    name,
    {
      type: health.protocol.toUpperCase(),
      ...endpoint,
      port: health.port,
      resourcePath: health.path,
      requestInterval: health.interval ?? 30,
      failureThreshold: health.threshold ?? 3,
      tags: { Name: name },
    },
    opts,
  );
}
