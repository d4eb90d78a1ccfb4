import fc from "fast-check";
import { allowedMinors, versionFinding } from "../../regions/version-skew";

const versions = { karmada: "v1.16.0", kubernetes: "v1.36.3" };

describe("versions of a cluster that joins", () => {
  it("go from what Karmada is tested against to what our own members run", () => {
    expect(allowedMinors("v1.16.0", "v1.36.3")).toEqual({ oldest: 25, newest: 36 });
    expect(allowedMinors("v1.16.4", "v1.30.0")).toEqual({ oldest: 25, newest: 34 });
    expect(allowedMinors("v1.99.0", "v1.36.3")).toBeUndefined();
  });

  it("are refused outside, and only there, however the cloud writes them", () => {
    fc.assert(
      fc.property(fc.nat(60), fc.constantFrom("", "+"), (minor, suffix) => {
        const finding = versionFinding(
          { major: "1", minor: `${minor}${suffix}`, gitVersion: `v1.${minor}.0` },
          versions,
        );
        expect(finding === undefined).toBe(minor >= 25 && minor <= 36);
        if (minor < 25) expect(finding).toMatch(/upgrade the cluster$/);
        if (minor > 36) expect(finding).toMatch(/raise versions\.kubernetes/);
      }),
    );
  });

  it("that are none at all are told, and a Karmada of which nothing is known refuses none", () => {
    for (const server of [{}, { major: "2", minor: "0" }, { major: "1", minor: "x" }])
      expect(versionFinding(server, versions)).toMatch(/is this a Kubernetes API\?$/);
    expect(versionFinding({ major: "1", minor: "99" }, { ...versions, karmada: "v1.99.0" })).toBeUndefined();
  });
});
