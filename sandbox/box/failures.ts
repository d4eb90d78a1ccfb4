import type { Cloud } from "../cloud/cloud";

/** Whether a name of AWS's API is one of these regions: `ec2.us-east-2.amazonaws.com`, a bucket's in it. */
export function inRegions(name: string, regions: ReadonlySet<string>): boolean {
  const labels = name.toLowerCase().split(".");
  return labels.slice(-2).join(".") === "amazonaws.com" && labels.some((label) => regions.has(label));
}

/** How a health check decides, as a drill needs it. */
export interface CheckedName {
  readonly name: string;
  /** Seconds between two probes. */
  readonly interval: number;
  /** Probes in a row. */
  readonly threshold: number;
}

/**
 * The daemon's verbs about regions that fail: `POST /cut {region, off}`, and `GET /checks`, the health checks of the account.
 * Both of `cut` refuse a region in which the account has no network.
 */
export function failureRoutes(cloud: Pick<Cloud, "state" | "cut">) {
  return {
    "POST /cut": async ({ region, off }: Record<string, unknown>) => {
      const regions = Object.entries(cloud.state().regions).filter(([, { vpcs }]) => vpcs.length > 0);
      const names = regions.map(([name]) => name);
      if (!names.includes(String(region)))
        throw new Error(`nothing of the account is in ${String(region)}: name one of ${names.join(", ")}`);
      await cloud.cut(String(region), off === true);
    },
    "GET /checks": async (): Promise<CheckedName[]> =>
      cloud
        .state()
        .healthChecks.map(({ fqdn, interval, threshold }) => ({ name: fqdn ?? "", interval, threshold })),
  };
}
