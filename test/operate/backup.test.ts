import { readFileSync } from "node:fs";
import * as path from "node:path";
import { backUp, REQUESTS, requestPod } from "../../operate/backup";
import type { ApiAnswer } from "../../regions/api-client";

const pods = "/api/v1/namespaces/kube-system/pods";
const ready = { conditions: [{ type: "Ready", status: "True" }] };
const etcd = (nodeName: string, status: object = ready) => ({
  spec: { nodeName, containers: [{ image: "registry.k8s.io/etcd:3.6.8-0" }] },
  status,
});

/** A member's API whose node answers the request at the second look. */
function api(answer: string, etcds: object[] = [etcd("ip-1", {}), etcd("ip-2")], refused?: ApiAnswer) {
  const asked: [string, string, any][] = [];
  let looks = 0;
  const call = async (where: string, method = "GET", body?: any): Promise<ApiAnswer> => {
    asked.push([method, where, body]);
    if (method === "POST") return refused ?? { status: 201, body };
    if (method === "DELETE") return { status: 200, body: {} };
    if (where.includes("labelSelector")) return { status: 200, body: { items: etcds } };
    const annotations = ++looks > 1 ? { "federation/backup": answer } : undefined;
    return { status: 200, body: { metadata: { annotations } } };
  };
  return { call, asked };
}

beforeEach(() => void jest.spyOn(console, "error").mockImplementation(() => {}));
afterEach(() => void jest.restoreAllMocks());

describe("a snapshot on demand", () => {
  it("is asked of a node whose etcd is well, by a directory that its pod has made, and told by that pod", async () => {
    const { call, asked } = api("s3://bucket/us-west/1.db");
    expect(await backUp(call, "backup-1")).toBe("s3://bucket/us-west/1.db");
    const [, [, , pod]] = asked;
    expect(pod).toEqual(requestPod(etcd("ip-2"), "backup-1"));
    expect(pod.spec.volumes[0].hostPath).toEqual({
      path: "/var/lib/federation/backup-requests/backup-1",
      type: "DirectoryOrCreate",
    });
    expect(asked.at(-1)!.slice(0, 2)).toEqual(["DELETE", `${pods}/backup-1`]);
  });

  it("that fails says why, and its pod goes all the same", async () => {
    const { call, asked } = api("failed: backups are off");
    await expect(backUp(call, "backup-1")).rejects.toThrow("ip-2: failed: backups are off");
    expect(asked.at(-1)![0]).toBe("DELETE");
  });

  it("is not asked for where no etcd is Ready, or the API refuses the pod", async () => {
    await expect(backUp(api("", [etcd("ip-1", {})]).call, "b")).rejects.toThrow(
      "no etcd of the member is Ready",
    );
    const refused = { status: 403, body: { message: "pods is forbidden" } };
    await expect(backUp(api("", undefined, refused).call, "b")).rejects.toThrow("403 pods is forbidden");
  });

  it("is looked for by the node where the pod has the directory made", () => {
    const script = readFileSync(path.join(__dirname, "../../regions/scripts/backups.sh"), "utf8");
    expect(script).toContain(`requests=${REQUESTS}\n`);
  });
});
