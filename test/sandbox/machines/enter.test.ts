import { entering } from "../../../sandbox/machines/enter";

describe("entering a machine", () => {
  const line = entering({ pid: 42, groups: ["/g/memory", "/g/cpu"] }, ["kubectl", "get", "a b"], {
    env: { KUBECONFIG: "/k" },
    timeout: 7,
  });

  test("goes into its control groups and every namespace of it", () => {
    expect(line[3]).toBe("/g/memory /g/cpu");
    expect(line).toEqual(
      expect.arrayContaining(["--target=42", "--mount", "--uts", "--ipc", "--net", "--pid", "--cgroup"]),
    );
  });

  test("takes nothing of the caller's environment along", () => {
    expect(line.slice(line.indexOf("env"))).toEqual(
      [
        "env",
        "-i",
        "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        "HOME=/root",
        "LANG=C.UTF-8",
        "TERM=dumb",
      ].concat(["KUBECONFIG=/k", "timeout", "--signal=KILL", "7", "kubectl", "get", "a b"]),
    );
  });
});
