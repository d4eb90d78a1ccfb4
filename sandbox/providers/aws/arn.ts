import type { Services } from "./clients";

/** Partition of a region's ARNs. */
export function partition(region: string): string {
  if (region.startsWith("cn-")) return "aws-cn";
  if (region.startsWith("us-gov-")) return "aws-us-gov";
  return "aws";
}

/** Domain of a region's public names. */
export function dnsSuffix(region: string): string {
  return partition(region) === "aws-cn" ? "amazonaws.com.cn" : "amazonaws.com";
}

let account: Promise<string> | undefined;

/** Account the credentials belong to; asked once. */
export function accountId({ sts }: Pick<Services, "sts">): Promise<string> {
  account ??= sts.getCallerIdentity({}).then(
    (identity) => identity.Account!,
    (error) => {
      account = undefined;
      throw error;
    },
  );
  return account;
}

/** ARN of something in the call's region; `owner` where AWS's answer named it, else the caller's account. */
export async function arn(
  call: Pick<Services, "sts"> & { region: string },
  service: string,
  resource: string,
  owner?: string,
): Promise<string> {
  return `arn:${partition(call.region)}:${service}:${call.region}:${owner ?? (await accountId(call))}:${resource}`;
}
