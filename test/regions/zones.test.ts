import { useMocks } from "../mocks";
import { member } from "./one-member";

const large = { workers: { count: 1, instanceType: "t3.large" } };

/** Chooses zones where each type is offered in these. */
async function zones(members: Record<string, ReturnType<typeof member>>, offers: Record<string, string[]>) {
  await useMocks({
    answers: {
      "aws:ec2/getInstanceTypeOfferings:getInstanceTypeOfferings": ({ filters }) => ({
        locations: offers[filters[0].values[0]] ?? [],
      }),
    },
  });
  const { zonesOf } = await import("../../regions/zones");
  return zonesOf(members, {});
}

describe("zones", () => {
  const offers = {
    "t3.medium": ["us-west-2c", "us-west-2-lax-1a", "us-west-2a", "us-west-2d", "us-west-2b"],
    "t3.large": ["us-west-2d", "us-west-2b", "us-west-2c"],
  };

  it("are the first two by name that offer every instance type, local zones left out", async () => {
    expect(await zones({ a: member() }, offers)).toEqual({ a: ["us-west-2a", "us-west-2b"] });
    expect(await zones({ a: member(large) }, offers)).toEqual({ a: ["us-west-2b", "us-west-2c"] });
  });

  it("are three for a control plane of several nodes", async () => {
    const three = member({ controlPlane: { nodes: 3 } });
    expect(await zones({ a: three }, offers)).toEqual({ a: ["us-west-2a", "us-west-2b", "us-west-2c"] });
  });

  it("are the config's where it names them, in its order", async () => {
    const named = member({ zones: ["us-west-2d", "us-west-2a"] });
    expect(await zones({ a: named }, offers)).toEqual({ a: ["us-west-2d", "us-west-2a"] });
  });

  it("of the config that do not exist or lack a type are told together, with those that do", async () => {
    const wrong = {
      a: member({ zones: ["us-west-2a", "us-west-2e"], ...large }),
      b: member({ zones: ["us-west-2b"], ...large }),
      c: member({ zones: ["us-west-2f"] }),
    };
    const told: string = await zones(wrong, offers).then(String, ({ message }) => message);
    expect(told).toContain("3 faults");
    expect(told).toMatch(
      /members\.a\.zones: "us-west-2a" – .*does not offer t3\.large; zones that do are us-west-2b, us-west-2c, us-west-2d/,
    );
    expect(told).toMatch(/members\.a\.zones: "us-west-2e" – is not there .* t3\.medium and t3\.large;/);
    expect(told).toMatch(/members\.c\.zones: "us-west-2f" – is not there .* t3\.medium;/);
  });

  it("that offer nothing are an error that names member, region and types", async () => {
    await expect(zones({ "us-west": member() }, {})).rejects.toThrow(
      /members\.us-west\.region: "us-west-2" – none of its zones offers t3\.medium: choose/,
    );
  });
});
