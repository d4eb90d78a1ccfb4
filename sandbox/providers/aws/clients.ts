import type { AutoScaling } from "@aws-sdk/client-auto-scaling";
import type { EC2 } from "@aws-sdk/client-ec2";
import type { ElasticLoadBalancingV2 } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { IAM } from "@aws-sdk/client-iam";
import type { Route53 } from "@aws-sdk/client-route-53";
import type { S3 } from "@aws-sdk/client-s3";
import type { ServiceQuotas } from "@aws-sdk/client-service-quotas";
import type { SSM } from "@aws-sdk/client-ssm";
import type { STS } from "@aws-sdk/client-sts";
import { afterGrace } from "../runtime/cancel";
import { ApiError } from "./errors";
import { settings } from "./settings";

// A plugin's stderr ends up in the user's terminal; the SDK's word on the next Node version is not the user's business.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";

/**
 * How often a throttled or failed call is tried before its error counts: some 40 s of growing pauses. Upstream allows 25,
 * which makes minutes out of a fault that does not go away.
 */
const MAX_ATTEMPTS = 12;

/** The services of one region: errors name operation and region, and a cancel lets the calls under way finish. */
export interface Services {
  ec2: EC2;
  autoscaling: AutoScaling;
  elb: ElasticLoadBalancingV2;
  iam: IAM;
  route53: Route53;
  s3: S3;
  servicequotas: ServiceQuotas;
  ssm: SSM;
  sts: STS;
}

/** Package and class of each service; loaded by its first call, since together they cost a plugin's start most of its time. */
const classes: Record<keyof Services, [pkg: string, name: string]> = {
  ec2: ["@aws-sdk/client-ec2", "EC2"],
  autoscaling: ["@aws-sdk/client-auto-scaling", "AutoScaling"],
  elb: ["@aws-sdk/client-elastic-load-balancing-v2", "ElasticLoadBalancingV2"],
  iam: ["@aws-sdk/client-iam", "IAM"],
  route53: ["@aws-sdk/client-route-53", "Route53"],
  s3: ["@aws-sdk/client-s3", "S3"],
  servicequotas: ["@aws-sdk/client-service-quotas", "ServiceQuotas"],
  ssm: ["@aws-sdk/client-ssm", "SSM"],
  sts: ["@aws-sdk/client-sts", "STS"],
};

const clients = new Map<string, any>();

/** Services of `region`; clients are made on first use and kept, one for each service and region. */
export function services(region: string, signal?: AbortSignal): Services {
  const names = Object.keys(classes) as (keyof Services)[];
  return Object.fromEntries(
    names.map((name) => [name, guarded(name, region, signal)]),
  ) as unknown as Services;
}

function clientOf(service: keyof Services, region: string): any {
  const key = `${service}/${region}`;
  let client = clients.get(key);
  if (!client) {
    const [pkg, name] = classes[service];
    client = new (require(pkg)[name])({
      region,
      ...(settings.profile ? { profile: settings.profile } : {}),
      ...(settings.assumeRoles.length ? { credentials: assumed(region) } : {}),
      maxAttempts: MAX_ATTEMPTS,
      requestHandler: {
        connectionTimeout: 10_000,
        requestTimeout: 120_000,
        httpsAgent: { maxSockets: 100, keepAlive: true },
      },
    });
    clients.set(key, client);
  }
  return client;
}

/** What method calls throw says which call it was. The client is made by the first call. */
function guarded(service: keyof Services, region: string, signal?: AbortSignal): object {
  return new Proxy(
    {},
    {
      get: (_, method: string) => async (input: object) => {
        try {
          return await clientOf(service, region)[method](input, {
            abortSignal: signal && afterGrace(signal),
          });
        } catch (cause) {
          throw ApiError.from(cause, service, method, region);
        }
      },
    },
  );
}

/** Credentials of the last role of the chain, each role assumed with the credentials of the one before. */
function assumed(region: string) {
  let chain: (() => Promise<any>) | undefined;
  for (const role of settings.assumeRoles) {
    const source = chain;
    chain = async () => {
      const [pkg, name] = classes.sts;
      const sts: STS = new (require(pkg)[name])({
        region,
        ...(source ? { credentials: source } : { profile: settings.profile }),
      });
      const answer = await sts.assumeRole({
        RoleArn: role.roleArn,
        RoleSessionName: role.sessionName ?? "federation",
        ExternalId: role.externalId,
      });
      const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = answer.Credentials!;
      return {
        accessKeyId: AccessKeyId!,
        secretAccessKey: SecretAccessKey!,
        sessionToken: SessionToken,
        expiration: Expiration,
      };
    };
  }
  return chain;
}
