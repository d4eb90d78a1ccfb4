import { RunError } from "@pulumi/pulumi";
import { told } from "../../regions/gate";
import { useMocks } from "../mocks";

async function gated(preview: boolean) {
  const rig = await useMocks({ preview });
  const pulumi = await import("@pulumi/pulumi");
  const { gate } = await import("../../regions/gate");
  const looked: string[] = [];
  const first = new pulumi.Stash("first", { input: 1 });
  const ready = gate(
    [first],
    pulumi.secret("kubeconfig"),
    async (kubeconfig) => void looked.push(kubeconfig),
  );
  new pulumi.Stash("second", { input: 2 }, { dependsOn: ready });
  await rig.settle();
  return { rig, looked };
}

describe("gate", () => {
  test("looks in an up, and what waits behind it depends on what it waits for", async () => {
    const { rig, looked } = await gated(false);
    expect(looked).toEqual(["kubeconfig"]);
    expect(rig.named("second").dependencies).toContain(rig.named("first").urn);
  });

  test("never looks in a preview, and orders all the same", async () => {
    const { rig, looked } = await gated(true);
    expect(looked).toEqual([]);
    expect(rig.named("second").dependencies).toContain(rig.named("first").urn);
  });

  test("an error of a check is told by its message alone, and a slip of ours with its place", () => {
    const seen = told(new Error("member us-east does not answer"));
    expect(RunError.isInstance(seen)).toBe(true);
    expect(seen.message).toBe("member us-east does not answer");
    const slip = new TypeError("undefined is not a function");
    expect(told(slip)).toBe(slip);
  });
});
