/**
 * Has a member's control plane take a snapshot of its etcd now, and prints where it lies: `npm run backup -- us-west`,
 * with the stack's kubeconfig in KUBECONFIG.
 *
 * Nobody can log in to a node, so the request is a pod whose volume is a directory that the kubelet makes on the node for
 * it. systemd watches the place (regions/scripts/backups.sh), and the node writes its answer to the pod.
 */
import { apiClient, ApiCall } from "../regions/api-client";
import { until } from "../regions/poll";
import { isTrue } from "../regions/slot-health";
import { givenContext } from "./contexts";

/** Where requests are looked for on a node. */
export const REQUESTS = "/var/lib/federation/backup-requests";

/** What the node answers with: `s3://bucket/key`, or `failed: …`. */
const ANSWER = "federation/backup";

/** Seconds: a snapshot of 2 GiB, etcd's own limit, takes some minutes. */
const TIMEOUT = 900;

const PODS = "/api/v1/namespaces/kube-system/pods";

/** The pod that asks the node of an etcd pod. It has that pod's image, which is there, and ends at once. */
export function requestPod(etcd: any, name: string): object {
  const [{ image }] = etcd.spec.containers;
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace: "kube-system" },
    spec: {
      nodeName: etcd.spec.nodeName,
      restartPolicy: "Never",
      automountServiceAccountToken: false,
      tolerations: [{ operator: "Exists" }],
      containers: [
        {
          name: "request",
          image,
          command: ["etcdctl", "version"],
          volumeMounts: [{ name: "request", mountPath: "/request" }],
        },
      ],
      volumes: [{ name: "request", hostPath: { path: `${REQUESTS}/${name}`, type: "DirectoryOrCreate" } }],
    },
  };
}

/**
 * Asks for a snapshot and waits for it.
 *
 * @returns `s3://bucket/key`.
 * @throws when there is nobody to ask, or with the node's answer when it could not.
 */
export async function backUp(call: ApiCall, name: string, timeout = TIMEOUT): Promise<string> {
  const etcds = await call(`${PODS}?labelSelector=component%3Detcd`);
  const ready = (etcds.body.items ?? []).find((etcd: any) => isTrue(etcd, "Ready"));
  if (!ready) throw new Error(`no etcd of the member is Ready (its API answers ${etcds.status})`);
  const made = await call(PODS, "POST", requestPod(ready, name));
  if (made.status !== 201)
    throw new Error(`the request is refused: ${made.status} ${made.body.message ?? ""}`);
  try {
    let answer = "";
    const node = ready.spec.nodeName;
    await until({ what: `the snapshot by ${node}`, timeout, report: console.error }, async () => {
      const { status, body } = await call(`${PODS}/${name}`);
      if (status !== 200) return `its pod answers ${status}`;
      answer = body.metadata.annotations?.[ANSWER] ?? "";
      return answer ? undefined : `asked by pod ${name}`;
    });
    if (!answer.startsWith("s3://")) throw new Error(`${node}: ${answer}`);
    return answer;
  } finally {
    await call(`${PODS}/${name}`, "DELETE");
  }
}

async function main([member]: string[]): Promise<void> {
  if (!member) throw new Error("of which member? npm run backup -- us-west");
  const remedy = ": npx pulumi stack output kubeconfig --show-secrets --stack dev > kubeconfig";
  const call = apiClient(givenContext(member, remedy));
  console.log(await backUp(call, `backup-${Date.now().toString(36)}`));
}

if (require.main === module) {
  main(process.argv.slice(2)).catch((error: Error) => {
    console.error(`no snapshot: ${error.message}`);
    process.exit(1);
  });
}
