import { components, defaultVersions } from "../../federation/components";
import { release } from "../../federation/release-member";
import type { ApiCall } from "../../regions/api-client";
import { useMocks } from "../mocks";

jest.spyOn(console, "log").mockImplementation();

interface Record {
  readonly name: string;
  readonly kept: boolean;
  ending: boolean;
}

/** A federation that finds us-east Ready or not, and has these records of it; those it ends itself go by themselves. */
function federation(ready: boolean, records: Record[], itself = (_: Record) => false) {
  const ended: string[] = [];
  const call: ApiCall = async (path, method = "GET", body: any) => {
    if (path.endsWith("/clusters/us-east")) {
      const conditions = [{ type: "Ready", status: ready ? "True" : "False" }];
      return { status: 200, body: { status: { conditions } } };
    }
    if (method === "PATCH") {
      const name = path.split("/").pop()!;
      expect(body.metadata).toEqual({ resourceVersion: "7", finalizers: ["somebody/else"] });
      ended.push(name);
      records.splice(0, records.length, ...records.filter((each) => each.name !== name));
      return { status: 200, body: {} };
    }
    expect(path).toBe("/apis/work.karmada.io/v1alpha1/namespaces/karmada-es-us-east/works");
    const items = records.map(({ name, kept, ending }) => ({
      metadata: {
        name,
        resourceVersion: "7",
        finalizers: ["karmada.io/execution-controller", "somebody/else"],
        ...(ending && { deletionTimestamp: "2026-11-22T00:00:00Z" }),
      },
      spec: kept ? { preserveResourcesOnDeletion: true } : {},
    }));
    records.splice(0, records.length, ...records.filter((each) => !itself(each)));
    return { status: 200, body: { items } };
  };
  return { call, ended };
}

describe("a member that leaves with what it keeps", () => {
  const kept = { name: "kept", kept: true, ending: true };
  const gone = { name: "gone", kept: false, ending: true };

  test("E5 D7: that is away is let go; what is not kept is left to Karmada, which does not wait for it", async () => {
    const { call, ended } = federation(false, [{ ...kept }, { ...gone }]);
    await release(call, "us-east");
    expect(ended).toEqual(["kept"]);
  });

  test("D7: that answers is left to Karmada, which takes its marks off first", async () => {
    const { call, ended } = federation(true, [{ ...kept }], () => true);
    await release(call, "us-east");
    expect(ended).toEqual([]);
  });

  test("is let go by hand where Karmada does not come to an end", async () => {
    const { call, ended } = federation(true, [{ ...kept }]);
    await release(call, "us-east", 1);
    expect(ended).toEqual(["kept"]);
  });

  test("is not let go while an app still names it: that is told", async () => {
    const { call, ended } = federation(false, [{ ...kept, ending: false }]);
    await expect(release(call, "us-east", 1, 2)).rejects.toThrow(
      /not done after 2 s: Karmada still has kept/,
    );
    expect(ended).toEqual([]);
  });
});

describe("what lets it go", () => {
  test("runs when the member's registration is about to go, and not before", async () => {
    const rig = await useMocks();
    const pulumi = await import("@pulumi/pulumi");
    const { releaseOf } = await import("../../federation/release");
    const cluster = new pulumi.Stash("cluster", { input: "joined" });
    releaseOf("release", { member: "us-east", kubeconfig: pulumi.secret("karmada"), cluster }, {});
    await rig.settle();
    const { inputs, dependencies } = rig.named("release");
    expect(inputs.delete).toContain("federation/release-member.ts");
    for (const key of ["create", "update", "triggers"]) expect(inputs).not.toHaveProperty(key);
    expect(dependencies.some((urn) => urn.endsWith("::cluster"))).toBe(true);
  }, 60_000);
});

describe("a federation whose apps are kept", () => {
  const command = (keeping: boolean) => components(defaultVersions, 1, {}, keeping).scheduler.command;

  test("gives members without replicas the workload with none, and no other federation does", () => {
    expect(command(true)).toContain("--enable-empty-workload-propagation=true");
    expect(command(false).join(" ")).not.toContain("empty-workload");
  });
});
