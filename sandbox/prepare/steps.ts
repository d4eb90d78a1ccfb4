import { filePins } from "./cache";
import { makeDebian } from "./debian/apt";
import { makeTools } from "./debian/wrapper";
import { goSteps, makeBin, makeCrds } from "./go";
import { goModules } from "./go-modules";
import { makeNative } from "./native/native";
import { makePython } from "./python";
import type { Step } from "./step";

const sources = (...files: string[]): (() => string[]) => () => filePins(__dirname, files);
const programs = [...goModules.map(({ name }) => `go-${name}`), "native"];

/** Everything a fresh machine lacks, in the order it is made. Estimates: seconds on two cores, all caches empty. */
export const steps: readonly Step[] = [
  { name: "python", estimate: 50, pins: sources("requirements.txt", "python.ts"), make: makePython },
  { name: "debian", estimate: 30, pins: sources("debian/packages.ts", "debian/apt.ts"), make: makeDebian },
  { name: "tools", estimate: 20, needs: ["debian"], pins: sources("debian/unpack.ts", "debian/wrapper.ts"), make: makeTools },
  { name: "native", estimate: 60, needs: ["debian"], pins: sources("native", "go/runc", "debian/unpack.ts"), make: makeNative },
  ...goSteps(goModules),
  { name: "bin", estimate: 1, needs: programs, pins: () => [], make: (build) => makeBin(build, programs) },
  { name: "crds", estimate: 1, needs: ["go-karmada"], pins: () => [], make: makeCrds },
];
