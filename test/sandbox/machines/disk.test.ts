import { diskPlan, identityFiles, MOUNT_POINTS, writtenInPlace } from "../../../sandbox/machines/disk";

const parts = { disk: "/cache/disk", images: "/cache/images" };

describe("the plan of a disk", () => {
  const plan = diskPlan(parts, ["bin", "etc", "opt", "usr", "var", "tmp"]);

  test("copies what anybody may write into, so that machines do not write into each other", () => {
    expect(plan.copied).toEqual(["/cache/disk/bin", "/cache/disk/etc", "/cache/disk/var"]);
  });

  test("links containerd's root into the copied /var", () => {
    expect(plan.linked).toEqual({ from: "/cache/images/containerd-control-plane", to: "var/lib/containerd" });
  });

  test("leaves out what is mounted at boot", () => {
    for (const name of MOUNT_POINTS) expect(plan.copied).not.toContain(`/cache/disk/${name}`);
  });

  test("takes containerd's databases for written in place, its contents not", () => {
    expect(writtenInPlace("io.containerd.metadata.v1.bolt/meta.db")).toBe(true);
    expect(writtenInPlace("io.containerd.content.v1.content/blobs/sha256/0a")).toBe(false);
  });
});

describe("what tells a machine from its image", () => {
  const files = identityFiles({
    id: "i-01",
    hostname: "ip-10-0-0-5.eu-west-1.compute.internal",
    dns: "10.0.0.2",
  });

  test("is its name, resolver and an id of its own that stays", () => {
    expect(files["etc/hostname"]).toBe("ip-10-0-0-5.eu-west-1.compute.internal\n");
    expect(files["etc/resolv.conf"]).toBe("nameserver 10.0.0.2\nsearch eu-west-1.compute.internal\n");
    expect(files["etc/machine-id"]).toMatch(/^[0-9a-f]{32}\n$/);
    expect(identityFiles({ id: "i-02", hostname: "b", dns: "10.0.0.2" })["etc/machine-id"]).not.toBe(
      files["etc/machine-id"],
    );
  });

  test("has no search domain where the name has none", () => {
    expect(identityFiles({ id: "i-02", hostname: "b", dns: "10.0.0.2" })["etc/resolv.conf"]).toBe(
      "nameserver 10.0.0.2\n",
    );
  });
});
