import { parseConfig } from "../../config";
import type { Count } from "../../regions/needs";
import { useMocks } from "../mocks";

const usageOf = jest.fn();
jest.mock("../../regions/usage", () => ({ usageOf: (...args: unknown[]) => usageOf(...args) }));

const config = parseConfig({
  domain: "k8s.example.com",
  host: "us-west",
  apiAccess: ["203.0.113.0/24"],
  members: {
    "us-west": { region: "us-west-2", controlPlane: { nodes: 3 } },
    "us-east": { region: "us-east-2" },
  },
});
const zones = { "us-west": ["us-west-2a"], "us-east": ["us-east-2a"] };

/** Checks with what is in each region, and limits other than 100. */
async function check(there: Record<string, Count[]>, limits: Record<string, number | Error> = {}) {
  const asked: string[] = [];
  await useMocks({
    answers: {
      "aws:servicequotas/getServiceQuota:getServiceQuota": ({ region, serviceCode, quotaCode }) => {
        asked.push(`${region} ${serviceCode} ${quotaCode}`);
        const value = limits[quotaCode] ?? 100;
        if (value instanceof Error) throw value;
        return { value };
      },
    },
  });
  usageOf.mockImplementation(async (region: string) => ({
    there: there[region] ?? [],
    vcpusOf: { "t3.medium": 2 },
  }));
  const pulumi = await import("@pulumi/pulumi");
  const warned = jest.spyOn(pulumi.log, "warn").mockImplementation(async () => undefined);
  const { checkQuotas } = await import("../../regions/quotas");
  const outcome = await checkQuotas(config, zones, {}).then(
    () => "fits",
    (error: Error) => error.message,
  );
  return { outcome, asked, warnings: warned.mock.calls.map(([text]) => text) };
}

const all: Record<string, Count[]> = {
  "us-west-2": [
    { quota: "standard", count: 10, member: "us-west" },
    { quota: "addresses", count: 3, member: "us-west" },
    { quota: "vpcs", count: 1, member: "us-west" },
    { quota: "networkBalancers", count: 1, member: "us-west" },
    { quota: "classicBalancers", count: 1, member: "us-west" },
  ],
  "us-east-2": [
    { quota: "standard", count: 6, member: "us-east" },
    { quota: "addresses", count: 1, member: "us-east" },
    { quota: "vpcs", count: 1, member: "us-east" },
    { quota: "networkBalancers", count: 1, member: "us-east" },
  ],
};

describe("quotas", () => {
  test("that hold what is needed let the up go on", async () => {
    const { outcome, asked, warnings } = await check({});
    expect([outcome, warnings]).toEqual(["fits", []]);
    expect(asked).toContain("us-west-2 ec2 L-0263D0A3");
    expect(new Set(asked).size).toBe(asked.length);
  });

  test("too small ones are told all at once, each with its region, its figures and both remedies", async () => {
    const others: Count[] = [{ quota: "addresses", count: 3 }];
    const { outcome } = await check({ "us-west-2": others }, { "L-0263D0A3": 5, "L-1216C47A": 5 });
    expect(outcome).toContain(
      "us-west-2: Elastic IPs: 3 more needed (us-west 3), 3 of 5 in use – need fewer, give some back, or ask for more:",
    );
    expect(outcome).toContain(
      "aws service-quotas request-service-quota-increase --region us-west-2 --service-code ec2 --quota-code L-0263D0A3 --desired-value 6",
    );
    expect(outcome).toContain(
      "https://us-west-2.console.aws.amazon.com/servicequotas/home/services/ec2/quotas/L-0263D0A3",
    );
    expect(outcome).toMatch(/us-west-2: vCPUs of .* 10 more needed \(us-west 10\), 0 of 5 in use/);
    expect(outcome).toMatch(/us-east-2: vCPUs of .* 6 more needed \(us-east 6\), 0 of 5 in use/);
    expect(outcome.match(/request-service-quota-increase/g)).toHaveLength(3);
  });

  test("exactly enough is enough", async () => {
    const others: Count[] = [{ quota: "addresses", count: 2 }];
    expect((await check({ "us-west-2": others }, { "L-0263D0A3": 5 })).outcome).toBe("fits");
  });

  test("of a stack that is up are not even asked for", async () => {
    const { outcome, asked } = await check(all, { "L-0263D0A3": 0 });
    expect([outcome, asked]).toEqual(["fits", []]);
  });

  test("that the caller may not read are a warning for each region, and no failure", async () => {
    // The engine's answer carries the provider's words as gRPC's details.
    const details = "AccessDeniedException: not authorized to perform servicequotas:GetServiceQuota";
    const denied = Object.assign(new Error(details), { details });
    const { outcome, warnings } = await check({}, { "L-F678F1CE": denied });
    expect(outcome).toBe("fits");
    expect(warnings).toEqual(
      ["us-west-2", "us-east-2"].map((region) =>
        expect.stringMatching(`^${region}: AWS's quotas are not checked.*servicequotas:GetServiceQuota`),
      ),
    );
  });
});
