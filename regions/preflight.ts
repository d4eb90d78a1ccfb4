import { getStack, RunError } from "@pulumi/pulumi";
import type { ExternalMemberConfig, StackConfig } from "../config";
import { ofKind, present } from "../config/member-kinds";
import { existingFindings, releaseFinding } from "../federation/existing-findings";
import { hostFindings, hostPermissions } from "../federation/host-findings";
import { CLUSTER_NAMESPACE } from "../federation/places";
import { STACK_TAG, stackTagValue } from "../operate/ownership";
import { apiClient, ApiCall } from "./api-client";
import { rangeFindings, Seen } from "./declared-ranges";
import { declareLost } from "./lost";
import { missingPermissions, permissionsNeeded, RefusedError } from "./permissions";
import { versionFinding } from "./version-skew";

/** What of the config the preflight looks at. */
export type PreflightConfig = Pick<StackConfig, "members" | "apps" | "versions" | "host" | "controlPlane">;

/**
 * Asks every existing cluster whether it can join, before anything is made for it, in a preview too. Reads only, and
 * takes seconds even where nobody answers.
 *
 * @throws with everything that is in the way, of all members at once.
 */
export async function preflight(config: PreflightConfig): Promise<void> {
  const members = Object.entries(ofKind(present(config.members), "external"));
  const asked = { ...config, owner: stackTagValue(getStack()) };
  const found = await Promise.all([
    existingKarmada(asked).then((all) => all.map((finding) => `controlPlane.existing: ${finding}`)),
    ...members.map(async ([name, member]) =>
      (await findings(name, member, asked)).map((finding) => `member ${name}: ${finding}`),
    ),
  ]);
  const all = found.flat();
  if (all.length === 0) return;
  const count = all.length === 1 ? "1 thing is" : `${all.length} things are`;
  throw new RunError(
    `${count} in the way of existing clusters:\n${all.map((text, i) => `  ${i + 1}. ${text}`).join("\n")}`,
  );
}

/** The preflight's config, and whose stack asks. */
type Asked = PreflightConfig & { readonly owner: string };

/** What keeps one cluster from what a stack's federation wants of it, to join or to host, each with its remedy. */
export async function findings(name: string, member: ExternalMemberConfig, config: Asked): Promise<string[]> {
  const { versions, owner, controlPlane } = config;
  const call = apiClient(member.cluster.kubeconfig);
  const hosted = name === config.host ? controlPlane : undefined;
  const made = hosted && !("existing" in hosted) ? hosted : undefined;
  try {
    const version = await call("/version");
    if (version.status !== 200) throw new RefusedError(version.status, version.body?.message);
    const missing = await missingPermissions(call, [
      ...(member.joins ? permissionsNeeded(servicesOn(name, config)) : []),
      ...(made ? hostPermissions(made) : []),
    ]);
    return [
      ...[(member.joins && versionFinding(version.body, versions)) || []].flat(),
      ...missing.map(
        (what) =>
          `its credentials may not ${what} – give those of an administrator (ClusterRole cluster-admin)`,
      ),
      ...rangeFindings(member.network, await seen(call)),
      ...(member.joins ? await otherFederation(call, owner) : []),
      ...(made ? await hostFindings(call, made, owner) : []),
      ...(hosted && !made ? await releaseFinding(call, versions.karmada) : []),
    ];
  } catch (error) {
    const why = unreached(error as Error, member.cluster.server);
    return [away.test(why) && name !== config.host ? `${why} – or, ${declareLost(name)}` : why];
  }
}

/** Namespaces of the Services that apps have at a member. */
function servicesOn(name: string, { apps }: PreflightConfig): string[] {
  const here = Object.values(apps).filter(({ service, placement }) => service && name in placement);
  return [...new Set(here.map(({ namespace }) => namespace))];
}

/** What is in the way of a Karmada that is there; nothing where this program makes its own. */
async function existingKarmada(config: Asked): Promise<string[]> {
  const { controlPlane } = config;
  if (!("existing" in controlPlane)) return [];
  const { kubeconfig, server } = controlPlane.existing;
  try {
    return await existingFindings(apiClient(kubeconfig), server, config);
  } catch (error) {
    return [unreached(error as Error, server)];
  }
}

/** Two federations that write to one cluster would take each other's accounts away. */
async function otherFederation(call: ApiCall, owner: string): Promise<string[]> {
  const { status, body } = await call(`/api/v1/namespaces/${CLUSTER_NAMESPACE}`);
  const whose = body?.metadata?.annotations?.[STACK_TAG];
  if (status !== 200 || whose === owner) return [];
  const other = whose === undefined ? "another federation" : `the federation of stack ${whose}`;
  return [
    `it has the namespace ${CLUSTER_NAMESPACE} of ${other} – take it out there first, or delete what is left of that`,
  ];
}

/** Addresses that the cluster has; nothing of what its credentials may not see, which another finding tells. */
async function seen(call: ApiCall): Promise<Seen> {
  const [nodes, service] = await Promise.all([
    call("/api/v1/nodes?limit=500"),
    call("/api/v1/namespaces/default/services/kubernetes"),
  ]);
  const items: any[] = nodes.status === 200 ? nodes.body.items : [];
  return {
    nodes: items.map(({ metadata, spec, status }) => ({
      name: metadata.name,
      addresses: (status?.addresses ?? [])
        .filter(({ type }: { type: string }) => type === "InternalIP")
        .map(({ address }: { address: string }) => address),
      podRanges: spec?.podCIDRs ?? [],
    })),
    service: service.status === 200 ? service.body.spec.clusterIP : undefined,
  };
}

/** What each obstacle on the way to an API means, and what to do about it. */
const remedies: readonly (readonly [RegExp, string])[] = [
  [/ECONNREFUSED/, "nothing listens there: is it up, and is that its address?"],
  [/no answer within|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH/, "let this machine in, or run where it is reached"],
  [/ENOTFOUND|EAI_AGAIN/, "its name is not known here: look at the name and at this machine's resolver"],
  [
    /certificate|self.signed|altnames|issuer/i,
    "its certificate is not vouched for by the kubeconfig's authority: write the kubeconfig anew",
  ],
  [/^exec plugin/, "log in to its cloud, or install what is missing, then again"],
];

/** Nobody answers there: perhaps nobody ever will. */
const away = /ECONNREFUSED|no answer within|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND/;

/** Why a cluster does not talk to us, in one line. */
export function unreached(error: Error, server: string): string {
  if (error instanceof RefusedError) {
    const { status, message } = error;
    return `${server} does not accept the kubeconfig's credentials (${status} ${message}) – have them issued anew`;
  }
  const line = error.message.split("\n", 1)[0];
  const remedy =
    remedies.find(([pattern]) => pattern.test(line))?.[1] ?? "look at the address and what lies between";
  return `its API is not reached: ${line} – ${remedy}`;
}
