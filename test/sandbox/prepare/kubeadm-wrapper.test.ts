import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { scratch } from "../../scratch";

/** The wrapper with the real program's place taken by one that prints its arguments. */
function called(...args: string[]): string {
  const text = fs.readFileSync(
    path.join(__dirname, "../../../sandbox/prepare/machine/base/usr/bin/kubeadm"),
    "utf8",
  );
  const file = path.join(scratch(), "kubeadm");
  fs.writeFileSync(file, text.replace("exec /usr/libexec/kubernetes/kubeadm", "echo"));
  return execFileSync("sh", [file, ...args], { encoding: "utf8" }).trim();
}

describe("the image's kubeadm", () => {
  const waiver = " --ignore-preflight-errors=SystemVerification";

  it("waives the check of the kernel where a subcommand makes it", () => {
    for (const line of [
      "init",
      "init --config /k.yaml",
      "--v=5 init",
      "join 10.0.0.1:6443",
      "init phase preflight",
      "join phase preflight",
    ]) {
      expect(called(...line.split(" "))).toBe(line + waiver);
    }
  });

  it("passes everything else on as it is", () => {
    for (const line of [
      "init phase certs all",
      "config print init-defaults",
      "token create",
      "reset -f",
      "version",
    ]) {
      expect(called(...line.split(" "))).toBe(line);
    }
  });
});
