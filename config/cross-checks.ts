import { nodePodPrefix, planNetworks } from "../regions/cidr";
import { overlap, parseRange } from "../regions/ipv4";
import type { Resource } from "../apps/manifest";
import { appFaults } from "./app-checks";
import type { AppInput } from "./app-schema";
import { controlPlaneFaults } from "./control-plane-checks";
import type { ControlPlaneInput } from "./control-plane-schema";
import { dnsFaults } from "./dns-checks";
import type { ExternalMemberInput } from "./external-schema";
import type { Fault } from "./faults";
import { ofKind } from "./member-kinds";
import { expandPeering, peerCounts, peeringFaults, PeeringInput } from "./peering";
import { label } from "./fields";
import { nodePortFaults } from "./node-ports";
import { Ec2MemberInput } from "./member-schema";
import { Network } from "./schema";
import { zoneFaults } from "./zone-checks";
import type { ZoneInput } from "./zone-schema";

/** What of the config is well-formed: rules between keys look only at that, so that one fault hides no other. */
export interface Partial {
  readonly domain?: string;
  readonly zone?: ZoneInput;
  readonly host?: string;
  readonly controlPlane?: ControlPlaneInput;
  readonly context?: string;
  readonly members: Readonly<Record<string, Ec2MemberInput | ExternalMemberInput>>;
  /** All members' names, those of ill-formed members too. */
  readonly names: readonly string[];
  readonly apps: Readonly<Record<string, AppInput>>;
  /** What each app's manifests hold; undefined where that can't be told. */
  readonly resources: Readonly<Record<string, readonly Resource[] | undefined>>;
  readonly network?: Network;
  readonly peering?: PeeringInput;
}

/** Routes that one AWS route table takes by default; each node's pods need one, and so does each peer's VPC. */
const routeTableQuota = 50;
/** The way to the internet, and with a NAT gateway the one to S3's endpoint. */
const routesBesidePods = { none: 1, one: 2 } as const;

/** NLB and target-group names have 32 characters: `<member>-api-<7 random ones>` must fit. */
const longestMemberName = 20;

/** Every broken rule that more than one key takes part in. */
export function crossChecks(config: Partial): Fault[] {
  return [
    ...controlPlaneFaults(config),
    ...memberFaults(config),
    ...networkFaults(config),
    ...peeringFaults(config.peering ?? [], config.names, config.members),
    ...appFaults(config),
    ...dnsFaults(config),
    ...zoneFaults(config),
    ...nodePortFaults(config),
  ];
}

function memberFaults({ members, names, peering }: Partial): Fault[] {
  const peers = peerCounts(expandPeering(peering ?? [], members));
  const named = names
    .filter((name) => !label.test(name) || name.length > longestMemberName)
    .map((name) => ({
      path: `members.${name}`,
      value: name,
      remedy: `name it with at most ${longestMemberName} lower-case letters, digits and dashes, a letter first`,
    }));
  const others = Object.entries(ofKind(members, "ec2")).flatMap(([name, member]) => [
    ...(member.zones ?? [])
      .filter((zone) => zone.slice(0, -1) !== member.region)
      .map((zone) => ({
        path: `members.${name}.zones`,
        value: zone,
        remedy: `is no zone of ${member.region}`,
      })),
    ...nodeFaults(name, member, peers[name] ?? 0),
    ...accessFaults(name, member),
    ...restoreFaults(name, member),
  ]);
  return [...named, ...others];
}

function accessFaults(name: string, { access, network }: Ec2MemberInput): Fault[] {
  if (!access.sshKey || network.nat === "none") return [];
  const remedy = `reaches no node: those of nat ${network.nat} have no public address; use access.sessionManager`;
  return [{ path: `members.${name}.access.sshKey`, value: access.sshKey, remedy }];
}

function restoreFaults(name: string, { backups, restoreFrom }: Ec2MemberInput): Fault[] {
  if (!restoreFrom || restoreFrom.startsWith("s3://") || backups.enabled) return [];
  const remedy =
    "is a key of the member's own bucket, which backups.enabled: false removes; use s3://bucket/key";
  return [{ path: `members.${name}.restoreFrom`, value: restoreFrom, remedy }];
}

function nodeFaults(name: string, member: Ec2MemberInput, peers: number): Fault[] {
  const nodes = member.controlPlane.nodes + member.workers.count;
  const pods =
    member.network.pods === undefined
      ? Infinity
      : 2 ** (nodePodPrefix - parseRange(member.network.pods).prefix);
  const most = Math.min(routeTableQuota - routesBesidePods[member.network.nat] - peers, pods);
  if (nodes <= most) return [];
  const why =
    most === pods
      ? "the pods' range has a /24 for"
      : "each node's pods take a route, and a route table holds those of";
  return [
    {
      path: `members.${name}.workers.count`,
      value: member.workers.count,
      remedy: `makes ${nodes} nodes; ${why} ${most}: use at most ${most - member.controlPlane.nodes} workers, or further members`,
    },
  ];
}

function networkFaults({ members, network }: Partial): Fault[] {
  if (!network) return [];
  const pools = Object.entries(network.pools);
  const overlapping = pools.flatMap(([name, pool], index) =>
    pools
      .slice(0, index)
      .filter(([, other]) => overlap(parseRange(other), parseRange(pool)))
      .map(([other]) => ({
        path: `network.pools.${name}`,
        value: pool,
        remedy: `overlaps ${other}: give each its own`,
      })),
  );
  if (overlapping.length > 0) return overlapping;
  const declared = declaredRanges(ofKind(members, "external"));
  return planNetworks(ofKind(members, "ec2"), network.pools, declared).faults.map(
    ({ member, key, value, remedy }) => ({
      path: `members.${member}.${key}`,
      value,
      remedy,
    }),
  );
}

/** Ranges of clusters that are there already: what they have, and nothing to be planned. */
export function declaredRanges(members: Readonly<Record<string, ExternalMemberInput>>) {
  return Object.fromEntries(Object.entries(members).map(([name, { network }]) => [name, network]));
}
