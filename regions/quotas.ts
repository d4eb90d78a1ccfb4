import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { StackConfig } from "../config";
import { ofKind } from "../config/member-kinds";
import { STACK_TAG, stackTagValue } from "../operate/ownership";
import { Demand, demandsOf, needsOf, quotas } from "./needs";
import { MEMBER_TAG } from "./names";
import { MemberOf, usageOf } from "./usage";

/** A quota that does not hold what is still to be made. */
interface Shortage extends Demand {
  readonly region: string;
  readonly limit: number;
}

/** Every quota that is too small, in one message; the engine shows it without a stack trace. */
export class QuotaError extends pulumi.RunError {
  constructor(shortages: readonly Shortage[]) {
    const lines = shortages.map((each, i) => `  ${i + 1}. ${describe(each)}`);
    super(`What is to be made does not fit into AWS's quotas; nothing was made:\n${lines.join("\n")}`);
    this.name = "QuotaError";
  }
}

/**
 * Compares what the members still need with what their regions' quotas leave, before anything is made: else an `up` ends
 * in the middle, with half of a cluster that costs. What a member already has is not asked for again, so a stack that is
 * up asks nothing. What cannot be read (the caller may lack `servicequotas:GetServiceQuota`) is a warning.
 *
 * @param zones zones of each member.
 * @throws {QuotaError} naming every quota that is too small.
 */
export async function checkQuotas(
  config: StackConfig,
  zones: Readonly<Record<string, readonly string[]>>,
  opts: pulumi.InvokeOptions,
): Promise<void> {
  const regions = [...new Set(Object.values(ofKind(config.members, "ec2")).map(({ region }) => region))];
  const found = await Promise.all(
    regions.map(async (region) => {
      try {
        return await shortagesIn(region, config, zones, opts);
      } catch (error) {
        const why = (error as Error).message;
        await pulumi.log.warn(`${region}: AWS's quotas are not checked, since they cannot be read: ${why}`);
        return [];
      }
    }),
  );
  const shortages = found.flat();
  if (shortages.length > 0) throw new QuotaError(shortages);
}

async function shortagesIn(
  region: string,
  config: StackConfig,
  zones: Readonly<Record<string, readonly string[]>>,
  opts: pulumi.InvokeOptions,
): Promise<Shortage[]> {
  const members = ofKind(config.members, "ec2");
  const names = Object.keys(members).filter((name) => members[name].region === region);
  const types = names
    .map((name) => members[name])
    .flatMap(({ controlPlane, workers }) => [controlPlane.instanceType, workers.instanceType]);
  const { there, vcpusOf } = await usageOf(region, types, memberOf);
  const needs = names.flatMap((name) => needsOf(name, config, zones[name], vcpusOf));
  const compared = demandsOf(needs, there).map(async (demand) => {
    const { service: serviceCode, code: quotaCode } = quotas[demand.quota];
    const { value } = await aws.servicequotas.getServiceQuota({ region, serviceCode, quotaCode }, opts);
    return { ...demand, region, limit: value };
  });
  return (await Promise.all(compared)).filter(({ used, more, limit }) => used + total(more) > limit);
}

const memberOf: MemberOf = (tags) => {
  const value = (key: string) => tags?.find(({ Key }) => Key === key)?.Value;
  return value(STACK_TAG) === stackTagValue(pulumi.getStack()) ? value(MEMBER_TAG) : undefined;
};

const total = (more: Demand["more"]): number => Object.values(more).reduce((sum, count) => sum + count, 0);

function describe({ region, quota, zone, used, more, limit }: Shortage): string {
  const { service, code, name } = quotas[quota];
  const members = Object.entries(more).map(([member, count]) => `${member} ${count}`);
  const wanted = used + total(more);
  return [
    `${zone ?? region}: ${name}: ${total(more)} more needed (${members.join(", ")}), ${used} of ${limit} in use – ` +
      "need fewer, give some back, or ask for more:",
    `aws service-quotas request-service-quota-increase --region ${region} --service-code ${service} --quota-code ${code} --desired-value ${wanted}`,
    `https://${region}.console.aws.amazon.com/servicequotas/home/services/${service}/quotas/${code}`,
  ].join("\n     ");
}
