import { failureRoutes, inRegions } from "../../../sandbox/box/failures";
import { waysOut } from "../../../sandbox/cloud/apply-routers";
import { desired } from "../../../sandbox/cloud/desired";
import { EMPTY_STATE } from "../../../sandbox/cloud/state";
import { sampleRegion } from "../cloud/sample";

const state = { ...EMPTY_STATE, regions: { "us-west-2": sampleRegion() } };

describe("a region that fails", () => {
  test("takes AWS's API there along, and nothing that is global or elsewhere", () => {
    const failed = new Set(["us-east-2"]);
    const names = ["ec2.us-east-2", "elasticloadbalancing.us-east-2", "bucket.s3.us-east-2"];
    for (const name of names)
      expect([name, inRegions(`${name}.amazonaws.com`, failed)]).toEqual([name, true]);
    for (const name of ["ec2.us-west-2.amazonaws.com", "iam.amazonaws.com", "us-east-2.example.com"])
      expect([name, inRegions(name, failed)]).toEqual([name, false]);
  });

  test("has its routers cut off, and all else as it was", () => {
    const [whole, cut] = [new Set<string>(), new Set(["us-west-2"])].map((failed) =>
      desired(state, () => 1, failed),
    );
    const router = (of: typeof whole) => [...of.routers.values()][0];
    expect([router(whole).cut, router(cut).cut]).toEqual([false, true]);
    expect({ ...router(cut), cut: false }).toEqual(router(whole));
    expect([cut.instances, cut.balancers, cut.volumes]).toEqual([
      whole.instances,
      whole.balancers,
      whole.volumes,
    ]);
  });

  test("loses the internet and its peers, not its instances", () => {
    const [{ plan }] = desired(state, () => 1).routers.values();
    const port = { name: "pcx0a1b2c3d", address: "169.254.1.1", mac: "02:70:00:00:00:01" };
    const ways = waysOut({ ...plan, ports: [...plan.ports, port] });
    expect(ways).toHaveLength(2);
    expect(ways).toContain(port.name);
    for (const { name } of plan.ports) expect(ways).not.toContain(name);
  });

  test("is one in which the account has something", async () => {
    const cut = jest.fn(async () => undefined);
    const routes = failureRoutes({ state: () => state, cut });
    await expect(routes["POST /cut"]({ region: "eu-west-1", off: true })).rejects.toThrow(
      /nothing of the account is in eu-west-1: name one of us-west-2/,
    );
    await routes["POST /cut"]({ region: "us-west-2", off: false });
    expect(cut.mock.calls).toEqual([["us-west-2", false]]);
  });
});
