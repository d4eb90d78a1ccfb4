import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

/** What Route 53's checkers ask an endpoint. */
export interface Health {
  readonly port: number;
  /** Has to answer with a status below 400. */
  readonly path: string;
  /** Seconds between two looks of one checker. 10 *costs* more. @default 30 */
  readonly interval?: 10 | 30;
  /** Looks in a row that decide. @default 3 */
  readonly threshold?: number;
}

/**
 * A check of one endpoint by its host name, from Route 53's checkers around the world.
 * *Costs* $0.50 a month at AWS endpoints.
 */
export function healthCheck(
  name: string,
  endpoint: pulumi.Input<string>,
  health: Health,
  opts: pulumi.CustomResourceOptions,
): aws.route53.HealthCheck {
  return new aws.route53.HealthCheck(
    name,
    {
      type: "HTTP",
      fqdn: endpoint,
      port: health.port,
      resourcePath: health.path,
      requestInterval: health.interval ?? 30,
      failureThreshold: health.threshold ?? 3,
      tags: { Name: name },
    },
    opts,
  );
}
