import * as fs from "node:fs";
import * as path from "node:path";
import { Machine } from "../../../sandbox/machines/machine";
import { cleanupRemains } from "../../../sandbox/machines/remains";
import { folder } from "../../../sandbox/prepare/images/table";
import { plan } from "../../../sandbox/prepare/step";
import { steps } from "../../../sandbox/prepare/steps";
import { Router } from "../machines/rig/router";
import { describeReal, trialRunDir, trialSpec, until } from "../machines/rig/trial";

jest.setTimeout(240_000);

/** What a node's user data adds to the image: the pod network, and kubeadm. */
const userData = `#!/bin/bash
set -euo pipefail
cat > /etc/cni/cni.template <<'END'
{"cniVersion": "1.0.0", "name": "pods", "plugins": [{"type": "bridge", "bridge": "cni0", "isGateway": true, "hairpinMode": true,
  "ipam": {"type": "host-local", "ranges": [[{"subnet": "{{.PodCIDR}}"}]], "routes": [{"dst": "0.0.0.0/0"}]}}]}
END
printf 'version = 3\\n[plugins."io.containerd.cri.v1.runtime".cni]\\n  conf_template = "/etc/cni/cni.template"\\n' > /etc/containerd/conf.d/pods.toml
systemctl restart containerd
sysctl -qw net.ipv4.ip_forward=1
cat > /root/kubeadm.yaml <<'END'
apiVersion: kubeadm.k8s.io/v1beta4
kind: ClusterConfiguration
kubernetesVersion: v1.36.3
networking: {podSubnet: 10.244.0.0/16}
---
apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
conntrack: {maxPerCore: 0}
END
kubeadm init --config /root/kubeadm.yaml
`;

const nginx = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: nginx}
spec:
  replicas: 2
  selector: {matchLabels: {app: nginx}}
  template:
    metadata: {labels: {app: nginx}}
    spec:
      tolerations: [{operator: Exists}]
      containers:
      - name: nginx
        image: nginx:1.29
        imagePullPolicy: Never
        ports: [{containerPort: 80}]
        readinessProbe: {httpGet: {path: /, port: 80}, periodSeconds: 1}
---
apiVersion: v1
kind: Service
metadata: {name: nginx}
spec: {type: NodePort, selector: {app: nginx}, ports: [{port: 80, nodePort: 30080}]}
`;

describeReal("the box's image and container images", (parts) => {
  const runDir = trialRunDir(parts);
  const netns = `node-${process.pid}`;
  const spec = trialSpec(1, netns);
  const address = spec.address.split("/")[0];
  const router = new Router(netns, { [address]: { id: spec.id, hostname: spec.hostname, userData } });

  beforeAll(() => router.open());
  afterAll(async () => {
    await cleanupRemains(runDir);
    router.close();
    fs.rmSync(runDir, { recursive: true, force: true });
  });

  test("make a control plane by plain kubeadm without pulling an image, and nginx pods that say their names", async () => {
    const machine = await Machine.create(spec, parts, runDir);
    await machine.start(() => router.link(spec));
    const kubectl = (args: string, input?: string): Promise<string> =>
      machine
        .exec(["sh", "-c", `exec kubectl --kubeconfig /etc/kubernetes/admin.conf ${args}`], { input })
        .then(({ stdout, stderr }) => stdout || stderr);
    const status = async (): Promise<string | undefined> =>
      /done|error/.exec((await machine.exec(["cloud-init", "status"])).stdout)?.[0];
    if ((await until("user data is through", 150, status)) !== "done")
      throw new Error(await machine.console());
    await until("the node is ready", 60, async () =>
      (await kubectl("get nodes --no-headers")).includes(" Ready "),
    );

    const layouts = plan(steps, parts.root).find(({ name }) => name === "layouts");
    const layout = path.join(layouts!.path, folder("docker.io/library/nginx:1.29"));
    fs.cpSync(layout, path.join(runDir, "machines", spec.id, "disk/root/nginx"), { recursive: true });
    await machine.exec(["sh", "-c", "tar -cf - -C /root/nginx . | ctr -n k8s.io images import --local -"]);
    await kubectl("apply -f -", nginx);
    await until(
      "nginx is ready",
      60,
      async () => (await kubectl("get deployment nginx -o jsonpath={.status.readyReplicas}")) === "2",
    );
    const names = (await kubectl("get pods -l app=nginx -o jsonpath='{.items[*].metadata.name}'")).split(" ");
    const seen = new Set<string>();
    await until("both pods answer at the node's port", 30, async () => {
      try {
        const page = router.curl(`http://${address}:30080/`);
        seen.add(/pod ([\w-]+)/.exec(page)?.[1] ?? page);
      } catch {
        return false; // kube-proxy has not opened the port yet
      }
      return names.every((name) => seen.has(name));
    });
    expect([...seen].sort()).toEqual(names.sort());

    await until(
      "coredns is ready",
      90,
      async () =>
        (await kubectl("-n kube-system get deployment coredns -o jsonpath={.status.readyReplicas}")) === "2",
    );
    // The disk is the host's: one that is full for reasons of its own must not cost the box its pods.
    const configz = await kubectl(`get --raw /api/v1/nodes/${spec.hostname}/proxy/configz`);
    const { evictionHard, imageGCHighThresholdPercent } = JSON.parse(configz).kubeletconfig;
    const ofDisks = ["nodefs.available", "nodefs.inodesFree", "imagefs.available", "imagefs.inodesFree"];
    expect(evictionHard).toMatchObject(Object.fromEntries(ofDisks.map((signal) => [signal, "0%"])));
    expect(imageGCHighThresholdPercent).toBe(100);

    const restarts = await kubectl(
      "get pods -A -o jsonpath='{.items[*].status.containerStatuses[*].restartCount}'",
    );
    expect(restarts.replace(/[0 ]/g, "")).toBe("");
    // FailedMount is not among them: the kubelet mounts again until the objects it mounts have reached its
    // cache, on a slow machine a second time; a mount that fails for good leaves its pod unready, above.
    const columns = "'{range .items[*]}{.reason} {.involvedObject.name}: {.message}{\"\\n\"}{end}'";
    const events = await kubectl(`get events -A -o jsonpath=${columns}`);
    expect(events).toMatch(/^Started nginx-/m);
    const bad = ["Pulling", "Failed", "BackOff", "FailedCreatePodSandBox"];
    expect(events.split("\n").filter((event) => bad.includes(event.split(" ")[0]!))).toEqual([]);
    await machine.destroy();
  });
});
