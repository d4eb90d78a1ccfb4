import type { StepEventStateMetadata } from "@pulumi/pulumi/automation";
import type { Change, Preview } from "./changes";

/** Where what has no region of its own is counted: DNS, roles, the federation's objects. */
export const EVERYWHERE = "everywhere";

const CLUSTER = /^federation:regions:\w+Cluster$/;
const JOINED = "federation:federation:JoinedMember";

/** Whose a resource is, and where. */
export interface Places {
  /** The member that a resource is of; undefined for what is of none. */
  memberOf(change: Change): string | undefined;
  regionOf(change: Change): string;
}

const stateOf = (change: Change): StepEventStateMetadata | undefined => change.after ?? change.before;

/** Finds the places of a preview's resources by their parents; objects in a cluster go by their provider's. */
export function placesOf({ changes, outputs }: Preview): Places {
  const byUrn = new Map(changes.map((change) => [change.urn, change]));
  const members: Record<string, { region?: string } | undefined> = {
    ...outputs.before.members,
    ...outputs.after.members,
    ...Object.fromEntries(
      [outputs.before.host, outputs.after.host].flatMap((host) => (host ? [[host.name, host]] : [])),
    ),
  };
  const clusterAbove = (change: Change | undefined): string | undefined => {
    for (let at = change; at; at = byUrn.get(stateOf(at)?.parent ?? "")) {
      if (CLUSTER.test(at.type)) return at.name;
    }
    return undefined;
  };
  const memberOf = (change: Change): string | undefined => {
    const provider = stateOf(change)?.provider.replace(/::[^:]*$/, "") ?? "";
    return clusterAbove(change) ?? clusterAbove(byUrn.get(provider));
  };
  const regionOf = (change: Change): string =>
    stateOf(change)?.inputs.region ?? members[memberOf(change) ?? ""]?.region ?? EVERYWHERE;
  return { memberOf, regionOf };
}

/** What becomes of the stack's members, one line for each of whom something does. */
export function memberNews(preview: Preview, places: Places): string[] {
  const clusters = preview.changes.filter(({ type }) => CLUSTER.test(type));
  // index.ts names the federation, federation/federation.ts its members after it.
  const joins = new Map(
    preview.changes.filter(({ type }) => type === JOINED).map(({ name, operation }) => [name, operation]),
  );
  return clusters.flatMap((cluster) => {
    const { name, operation } = cluster;
    const { before, after } = preview.outputs;
    const apart = [before.host?.name, after.host?.name].includes(name);
    const member = `\`${name}\` (${places.regionOf(cluster)})${apart ? ", which hosts the federation only" : ""}`;
    const joined = joins.get(`federation-${name}`);
    if (operation === "create") return [`**added**: ${member}`];
    if (operation === "delete") return [`**removed**: ${member}`];
    if (joined === "delete")
      return [`**lost**: ${member} leaves the federation; its cluster is left as it is`];
    return joined === "create" ? [`**joins**: ${member}`] : [];
  });
}
