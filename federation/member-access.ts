import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { STACK_TAG, stackTagValue } from "../operate/ownership";
import type { Member } from "../regions/member";
import { CLUSTER_NAMESPACE } from "./places";

/** By this name Karmada looks for the account that it acts as others through. */
const IMPERSONATOR = "karmada-impersonator";

/** What Karmada needs on a member to push to it: an account that may do everything, and one that may act as others. */
export class MemberAccess extends pulumi.ComponentResource {
  /** Bearer tokens that never expire; secret, base64 as in a Secret's `data`. */
  readonly token: pulumi.Output<string>;
  readonly impersonatorToken: pulumi.Output<string>;
  /** All of it: Karmada can do nothing on the member before, nor clean up after. */
  readonly all: readonly pulumi.Resource[];

  constructor(name: string, args: { readonly member: Member }, opts?: pulumi.ComponentResourceOptions) {
    super("federation:federation:MemberAccess", name, {}, { ...opts, provider: args.member.provider });
    const { member } = args;
    const namespace = new k8s.core.v1.Namespace(
      `${name}-namespace`,
      // Whose it is, for the preflight: an existing cluster may be another federation's already.
      {
        metadata: { name: CLUSTER_NAMESPACE, annotations: { [STACK_TAG]: stackTagValue(pulumi.getStack()) } },
      },
      { parent: this, dependsOn: member.ready },
    );
    const account = this.account(`${name}-account`, `karmada-${member.name}`, namespace);
    const impersonator = this.account(`${name}-impersonator`, IMPERSONATOR, namespace);
    const role = new k8s.rbac.v1.ClusterRole(
      `${name}-role`,
      {
        metadata: { name: `karmada-controller-manager:karmada-${member.name}` },
        rules: [
          { apiGroups: ["*"], resources: ["*"], verbs: ["*"] },
          { nonResourceURLs: ["*"], verbs: ["get"] },
        ],
      },
      { parent: this, dependsOn: namespace },
    );
    const binding = new k8s.rbac.v1.ClusterRoleBinding(
      `${name}-binding`,
      {
        metadata: { name: `karmada-controller-manager:karmada-${member.name}` },
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: role.metadata.name },
        subjects: [{ kind: "ServiceAccount", name: `karmada-${member.name}`, namespace: CLUSTER_NAMESPACE }],
      },
      { parent: this, dependsOn: account.account },
    );
    this.token = tokenOf(account.secret, member.name);
    this.impersonatorToken = tokenOf(impersonator.secret, member.name);
    this.all = [account.secret, impersonator.secret, binding];
    this.registerOutputs({});
  }

  /** A service account with a token that is written into a Secret beside it. */
  private account(name: string, account: string, namespace: k8s.core.v1.Namespace) {
    const metadata = { name: account, namespace: CLUSTER_NAMESPACE };
    const created = new k8s.core.v1.ServiceAccount(
      name,
      { metadata },
      { parent: this, dependsOn: namespace },
    );
    const secret = new k8s.core.v1.Secret(
      `${name}-token`,
      {
        metadata: {
          ...metadata,
          annotations: {
            "kubernetes.io/service-account.name": account,
            // The cluster's controller manager fills it in a moment later.
            "pulumi.com/waitFor": "jsonpath={.data.token}",
          },
        },
        type: "kubernetes.io/service-account-token",
      },
      { parent: this, dependsOn: created },
    );
    return { account: created, secret };
  }
}

function tokenOf(secret: k8s.core.v1.Secret, member: string): pulumi.Output<string> {
  const token = secret.data.apply((data) => {
    if (data?.token) return data.token;
    if (pulumi.runtime.isDryRun()) return "";
    throw new Error(
      `member ${member}: its token Secret has no token although it was waited for; ` +
        "is the cluster's kube-controller-manager running?",
    );
  });
  return pulumi.secret(token);
}
