import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

const namespace = "kube-system";
const account = "cloud-controller-manager";

export interface CloudControllerArgs {
  /** Name by which it knows what is the cluster's. */
  readonly cluster: string;
  /** Range of the pods: each node's part of it becomes a route of the VPC. */
  readonly pods: string;
  /** `vX.Y.Z`. */
  readonly version: string;
}

/** What the controller may do in the cluster: each rule with what it is for. */
const rules: k8s.types.input.rbac.v1.PolicyRule[] = [
  // addresses, labels and taints of nodes; removal of nodes whose instance is gone
  { apiGroups: [""], resources: ["nodes"], verbs: ["get", "list", "watch", "patch", "update", "delete"] },
  { apiGroups: [""], resources: ["nodes/status"], verbs: ["patch", "update"] },
  // load balancers of Services, their host names and finalizers
  { apiGroups: [""], resources: ["services"], verbs: ["get", "list", "watch", "patch", "update"] },
  { apiGroups: [""], resources: ["services/status"], verbs: ["patch", "update"] },
  // what it tells about it
  { apiGroups: ["", "events.k8s.io"], resources: ["events"], verbs: ["create", "patch", "update"] },
  // which of several leads
  {
    apiGroups: ["coordination.k8s.io"],
    resources: ["leases"],
    verbs: ["create", "get", "list", "watch", "update"],
  },
];

/**
 * The AWS cloud controller: makes nodes known (addresses, zone, provider ID), writes the pods' routes into the VPC,
 * and gives Services of type LoadBalancer their load balancer.
 *
 * On the host's network of the control plane: its credentials are the node's role, which no other pod reaches.
 */
export class CloudController extends pulumi.ComponentResource {
  /** Nothing that wants a node or a load balancer works without; deleted last of what is in the cluster. */
  readonly parts: pulumi.Resource[];

  constructor(name: string, args: CloudControllerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("federation:regions:CloudController", name, {}, opts);
    const parent = { parent: this };
    const subjects = [{ kind: "ServiceAccount", name: account, namespace }];

    const serviceAccount = new k8s.core.v1.ServiceAccount(
      `${name}-account`,
      { metadata: { name: account, namespace } },
      parent,
    );
    const role = new k8s.rbac.v1.ClusterRole(
      `${name}-role`,
      { metadata: { name: "federation:cloud-controller-manager" }, rules },
      parent,
    );
    const binding = new k8s.rbac.v1.ClusterRoleBinding(
      `${name}-binding`,
      {
        metadata: { name: "federation:cloud-controller-manager" },
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: role.metadata.name },
        subjects,
      },
      parent,
    );
    const reader = new k8s.rbac.v1.RoleBinding(
      `${name}-authentication`,
      {
        metadata: { name: "federation:cloud-controller-manager-authentication", namespace },
        roleRef: {
          apiGroup: "rbac.authorization.k8s.io",
          kind: "Role",
          name: "extension-apiserver-authentication-reader",
        },
        subjects,
      },
      parent,
    );
    const daemonSet = new k8s.apps.v1.DaemonSet(
      `${name}-daemonset`,
      { metadata: { name: account, namespace, labels: { app: account } }, spec: daemonSetSpec(args) },
      { ...parent, dependsOn: [serviceAccount, binding, reader] },
    );

    this.parts = [serviceAccount, role, binding, reader, daemonSet];
    this.registerOutputs({});
  }
}

function daemonSetSpec(args: CloudControllerArgs): k8s.types.input.apps.v1.DaemonSetSpec {
  return {
    selector: { matchLabels: { app: account } },
    template: {
      metadata: { labels: { app: account } },
      spec: {
        serviceAccountName: account,
        hostNetwork: true,
        dnsPolicy: "Default",
        priorityClassName: "system-cluster-critical",
        nodeSelector: { "node-role.kubernetes.io/control-plane": "" },
        tolerations: [
          // It is what makes a node initialised, ready and part of the network.
          { key: "node.cloudprovider.kubernetes.io/uninitialized", operator: "Exists", effect: "NoSchedule" },
          { key: "node.kubernetes.io/not-ready", operator: "Exists" },
          { key: "node.kubernetes.io/network-unavailable", operator: "Exists" },
          { key: "node-role.kubernetes.io/control-plane", operator: "Exists", effect: "NoSchedule" },
        ],
        containers: [
          {
            name: account,
            image: `registry.k8s.io/provider-aws/cloud-controller-manager:${args.version}`,
            args: [
              "--cloud-provider=aws",
              `--cluster-name=${args.cluster}`,
              "--configure-cloud-routes=true",
              "--allocate-node-cidrs=true",
              `--cluster-cidr=${args.pods}`,
              "--use-service-account-credentials=false",
              "--v=2",
            ],
            resources: { requests: { cpu: "50m", memory: "64Mi" } },
          },
        ],
      },
    },
  };
}
