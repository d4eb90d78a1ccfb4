import type { StackConfig } from "../config";
import { dividedVolumes } from "../apps/parts";
import { controlPlaneWarnings } from "./control-plane-checks";
import { ofKind } from "./member-kinds";

/** Instance sizes below what kubeadm asks for: 2 CPUs and 1.7 GB of memory. */
const small = /^(.*\.(nano|micro)|t1\..*|t2\.small|m1\.(small|medium))$/;

/** What the config may say and yet deserves a word to whoever runs it. */
export function warningsOf(
  config: Pick<StackConfig, "apiAccess" | "apps" | "members" | "host" | "controlPlane">,
): string[] {
  const open = config.apiAccess.includes("0.0.0.0/0")
    ? [
        "apiAccess: 0.0.0.0/0 lets the whole internet knock at every cluster's API; only its certificates guard it then",
      ]
    : [];
  const own = Object.entries(ofKind(config.members, "ec2"));
  const tight = own.flatMap(([name, member]) =>
    (["controlPlane", "workers"] as const)
      .filter((part) => small.test(member[part].instanceType))
      .map(
        (part) =>
          `members.${name}.${part}.instanceType: ${member[part].instanceType} has less than the 2 CPUs and 1.7 GB that ` +
          "kubeadm asks for: expect a slow start and evictions",
      ),
  );
  const crowded = own
    .filter(([, { zones, controlPlane }]) => zones && zones.length < 3 && controlPlane.nodes > 1)
    .map(
      ([name, { zones, controlPlane }]) =>
        `members.${name}.zones: ${controlPlane.nodes} control-plane nodes in ${zones!.length} of the region's zones: when one ` +
        "fails the majority may be gone with it; name three",
    );
  const apart = Object.entries(config.apps).flatMap(([name, app]) =>
    dividedVolumes({ name, ...app }).map(
      (workload) =>
        `apps.${name}: the volumes of ${workload} stay in the member that made them: its replicas are divided, and those ` +
        "of one member do not see another's data",
    ),
  );
  return [...open, ...controlPlaneWarnings(config), ...tight, ...crowded, ...apart];
}
