import { atLeast, checkRequirements, unmet } from "../../../sandbox/prepare/requirements";

describe("requirements", () => {
  it("compares versions number by number, in whatever a program prints around them", () => {
    expect(atLeast("go version go1.26.8 linux/amd64", [1, 21])).toBe(true);
    expect(atLeast("Python 3.9.18", [3, 11])).toBe(false);
    expect(atLeast("Python 3.11.0", [3, 11])).toBe(true);
    expect(atLeast("v20", [20])).toBe(true);
    expect(atLeast("no number", [1])).toBe(false);
  });

  it("says all that is missing at once, each with its remedy", () => {
    const missing = [
      { what: "Go", remedy: "https://go.dev/dl", met: () => false },
      { what: "tar", remedy: "apt-get install tar", met: () => true },
      { what: "root", remedy: "start as root", met: () => false },
    ];
    expect(unmet(missing)).toEqual(["Go: https://go.dev/dl", "root: start as root"]);
    expect(() => checkRequirements(missing)).toThrow(
      /lacks what preparing the sandbox needs:\n  - Go: .*\n  - root: /,
    );
  });
});
