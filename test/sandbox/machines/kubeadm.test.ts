import * as fs from "node:fs";
import * as path from "node:path";
import { Machine } from "../../../sandbox/machines/machine";
import { cleanupRemains } from "../../../sandbox/machines/remains";
import { Router } from "./rig/router";
import { describeReal, leftovers, trialRunDir, trialSpec, until } from "./rig/trial";

jest.setTimeout(300_000);

/** A control plane of one, by stock kubeadm, etcd on a volume of its own; prepared as people do on EC2. */
const userData = `#!/bin/bash
set -euo pipefail
device=/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_vol0e7cd
blkid -p "$device" || mkfs.ext4 -q "$device"
mkdir -p /var/lib/etcd
echo "$device /var/lib/etcd ext4 noatime 0 2" >> /etc/fstab
systemctl daemon-reload
mount /var/lib/etcd
echo "net.ipv4.ip_forward = 1" > /etc/sysctl.d/90-kubernetes.conf
sysctl -q -p /etc/sysctl.d/90-kubernetes.conf
cat > /etc/cni/net.d/10-pods.conflist <<CNI
{ "cniVersion": "1.0.0", "name": "pods", "plugins": [ { "type": "bridge", "bridge": "cni0", "isGateway": true, "hairpinMode": true,
  "ipam": { "type": "host-local", "ranges": [[{ "subnet": "10.244.0.0/24" }]], "routes": [{ "dst": "0.0.0.0/0" }] } }, { "type": "portmap", "capabilities": { "portMappings": true } } ] }
CNI
cat > /root/kubeadm.yaml <<YAML
apiVersion: kubeadm.k8s.io/v1beta4
kind: ClusterConfiguration
kubernetesVersion: v1.36.3
networking: { podSubnet: 10.244.0.0/16 }
etcd: { local: { dataDir: /var/lib/etcd/data } }
---
apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
# outside a box the host's conntrack table has the host's size, and a namespace may not change it
conntrack: { maxPerCore: 0, min: 0 }
YAML
kubeadm init --config /root/kubeadm.yaml
`;

describeReal("a machine with kubeadm", (parts) => {
  const runDir = trialRunDir(parts);
  const netns = `trial-${process.pid}`;
  const image = path.join(runDir, "volumes", "etcd.img");
  const spec = trialSpec(9, netns, { volumes: [{ id: "vol-0e7cd", image, device: "/dev/xvdf" }] });
  const router = new Router(netns, {
    [spec.address.split("/")[0]]: { id: spec.id, hostname: spec.hostname, userData },
  });

  beforeAll(async () => {
    fs.mkdirSync(path.dirname(image), { recursive: true });
    fs.writeFileSync(image, "");
    fs.truncateSync(image, 1024 ** 3);
    await router.open();
  });

  afterAll(async () => {
    await cleanupRemains(runDir);
    router.close();
    fs.rmSync(runDir, { recursive: true, force: true });
  });

  test("is a control plane whose etcd survives a pulled plug", async () => {
    const machine = await Machine.create(spec, parts, runDir);
    const kubectl = async (...args: string[]): Promise<string | undefined> => {
      const { code, stdout } = await machine.exec(["kubectl", ...args], {
        env: { KUBECONFIG: "/etc/kubernetes/admin.conf" },
      });
      return code === 0 ? stdout.trim() : undefined;
    };
    const column = async (kind: string, jsonPath: string): Promise<string[]> =>
      (await kubectl("get", kind, "-A", "-o", `jsonpath={range .items[*]}${jsonPath}{"\\n"}{end}`))
        ?.split("\n")
        .filter(Boolean) ?? [];
    const ready = '{.status.conditions[?(@.type=="Ready")].status}';
    const all = (states: string[], count: number): boolean =>
      states.length >= count && states.every((state) => state === "True");
    const bootId = async (): Promise<string | undefined> =>
      (await column("nodes", "{.status.nodeInfo.bootID}"))[0];

    await machine.start(() => router.link(spec));
    const done = async (): Promise<boolean> =>
      (await machine.exec(["cloud-init", "status"])).stdout.includes("done");
    await until("kubeadm init is done", 150, done).catch(async (error: Error) => {
      throw new Error(`${error.message}\n${await machine.console()}`);
    });
    expect(await machine.console()).toContain("Your Kubernetes control-plane has initialized successfully!");
    await until("the node is Ready", 60, async () => all(await column("nodes", ready), 1));
    await until("every pod is Ready", 90, async () => all(await column("pods", ready), 7));
    expect((await column("nodes", "{.status.capacity.memory}"))[0]).toBe(`${spec.memoryMiB / 1024}Gi`);
    expect((await column("nodes", "{.metadata.name}"))[0]).toBe(spec.hostname);
    const firstBoot = await bootId();
    expect(await kubectl("create", "configmap", "kept", "--from-literal=a=b")).toBeDefined();

    await machine.powerOff();
    await machine.start(() => router.link(spec));
    await until("the API answers again", 60, () => kubectl("get", "--raw", "/readyz"));
    expect(await kubectl("get", "configmap", "kept", "-o", "jsonpath={.data.a}")).toBe("b");
    await until(
      "the node says that it has rebooted",
      60,
      async () => ![firstBoot, undefined].includes(await bootId()),
    );
    expect((await machine.exec(["findmnt", "-n", "-o", "FSTYPE", "/var/lib/etcd"])).stdout.trim()).toBe(
      "ext4",
    );

    await machine.destroy();
    expect(leftovers(runDir)).toEqual([]);
  });
});
