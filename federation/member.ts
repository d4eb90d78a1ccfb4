import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { apiClient, ApiCall } from "../regions/api-client";
import { gate, shownAt } from "../regions/gate";
import type { Member } from "../regions/member";
import { until } from "../regions/poll";
import { encode64 } from "./base64";
import { STACK_TAG, stackTagValue } from "../operate/ownership";
import type { FederationApi } from "./control-plane";
import { credentialsInUse } from "./credentials-in-use";
import { MemberAccess } from "./member-access";
import { CLUSTER_NAMESPACE } from "./places";
import { releaseOf } from "./release";

/** Arguments of {@link JoinedMember}. */
export interface JoinedMemberArgs {
  readonly member: Member;
  readonly controlPlane: FederationApi;
  /** Whether apps outlive its part in the federation. */
  readonly keeping: boolean;
  /** Seconds the member may take to become Ready. */
  readonly timeout: number;
}

/** A member joined to the federation in push mode: Karmada holds its credentials and writes to its API. */
export class JoinedMember extends pulumi.ComponentResource {
  /** Given out when Karmada finds the member Ready. */
  readonly ready: pulumi.Output<pulumi.Resource[]>;

  constructor(name: string, args: JoinedMemberArgs, opts?: pulumi.ComponentResourceOptions) {
    super("federation:federation:JoinedMember", name, {}, { ...opts, provider: args.controlPlane.provider });
    const { member, controlPlane, keeping } = args;
    const access = new MemberAccess(`${name}-access`, { member }, { parent: this });
    const atKarmada = { parent: this, dependsOn: controlPlane.ready };
    const credentials = new k8s.core.v1.Secret(
      `${name}-credentials`,
      {
        metadata: { name: member.name, namespace: CLUSTER_NAMESPACE },
        data: { caBundle: member.caCertificate.apply(encode64), token: access.token },
      },
      atKarmada,
    );
    const impersonation = new k8s.core.v1.Secret(
      `${name}-impersonation`,
      {
        metadata: { name: `${member.name}-impersonator`, namespace: CLUSTER_NAMESPACE },
        data: { token: access.impersonatorToken },
      },
      atKarmada,
    );
    // Whose it is, for the preflight: others may have members there, too.
    const annotations = { [STACK_TAG]: stackTagValue(pulumi.getStack()) };
    const cluster = new k8s.apiextensions.CustomResource(
      `${name}-cluster`,
      {
        apiVersion: "cluster.karmada.io/v1alpha1",
        kind: "Cluster",
        metadata: {
          name: member.name,
          labels: { ...member.labels },
          ...(controlPlane.shared && { annotations }),
        },
        spec: {
          syncMode: "Push",
          apiEndpoint: member.endpoint,
          secretRef: { namespace: CLUSTER_NAMESPACE, name: member.name },
          impersonatorSecretRef: { namespace: CLUSTER_NAMESPACE, name: `${member.name}-impersonator` },
          provider: member.cloud,
          region: member.region,
          zones: [...member.zones],
          ...(member.insecure && { insecureSkipTLSVerification: true }),
        },
      },
      {
        parent: this,
        // In this order backwards, too: Karmada takes what it made off the member before its access goes.
        dependsOn: pulumi
          .output(controlPlane.ready)
          .apply((ready) => [...ready, credentials, impersonation, ...access.all]),
      },
    );
    const inputs = pulumi.all([controlPlane.kubeconfig, member.endpoint, controlPlane.egress]);
    const used = credentialsInUse(
      `${name}-credentials-in-use`,
      { member, access, hostKubeconfig: controlPlane.hostKubeconfig, after: [cluster] },
      { parent: this },
    );
    const release = keeping
      ? [
          releaseOf(
            `${name}-release`,
            { member: member.name, kubeconfig: controlPlane.kubeconfig, cluster },
            { parent: this },
          ),
        ]
      : [];
    this.ready = gate([cluster, used, ...release], inputs, ([kubeconfig, endpoint, egress]) => {
      const get = apiClient(kubeconfig);
      const what = `member ${member.name} joining the federation`;
      return until({ what, timeout: args.timeout, report: shownAt(this) }, () =>
        unreadiness(get, { name: member.name, endpoint, egress }),
      );
    });
    this.registerOutputs({});
  }
}

/** A member as Karmada's pods on the host see it. */
interface Seen {
  readonly name: string;
  readonly endpoint: string;
  /** Ranges that they come from. */
  readonly egress: readonly string[];
}

/** Why Karmada does not find a member Ready; undefined when it does. */
export async function unreadiness(get: ApiCall, member: Seen): Promise<string | undefined> {
  const { status, body } = await get(`/apis/cluster.karmada.io/v1alpha1/clusters/${member.name}`);
  if (status !== 200) return `its Cluster answers ${status}: ${body?.message ?? body}`;
  const ready = (body.status?.conditions ?? []).find((each: { type: string }) => each.type === "Ready");
  if (!ready) return "Karmada has not looked at it yet";
  if (ready.status === "True") return undefined;
  const said = `${ready.reason}: ${ready.message}`;
  if (ready.reason !== "ClusterNotReachable") return said;
  const who = member.egress.join(", ") || "the addresses of Karmada's pods";
  // Karmada does not say more; the operator's machine may well reach it.
  return (
    `${said} from the federation's host: let ${who} in at ${member.endpoint}, in its firewall or ` +
    "its list of authorized networks"
  );
}
