import type { StackConfig } from "../config";
import { ownFlags } from "../federation/components";
import type { GivenCluster } from "../regions/given-kubeconfig";
import type { ApiService, ControlPlaneInput, Storage } from "./control-plane-schema";
import type { Partial } from "./cross-checks";
import { Fault, suggest } from "./faults";
import { ofKind } from "./member-kinds";

/** A control plane that this program makes on the host. */
export interface OwnControlPlane {
  /** Of each of its programs, etcd's among them. */
  readonly replicas: 1 | 3;
  readonly storage: Storage;
  readonly service: ApiService;
  /** Further flags of its API server, without their dashes. */
  readonly arguments: Readonly<Record<string, string>>;
}

/** The federation's control plane: made here, or there already. */
export type ControlPlaneConfig = OwnControlPlane | { readonly existing: GivenCluster };

/** Fills in the defaults. Whether the host goes with them is asked before. */
export function settleControlPlane({
  replicas,
  storage,
  service,
  ...input
}: ControlPlaneInput): OwnControlPlane {
  const flags = Object.entries(input.arguments ?? {}).map(([flag, value]) => [flag, String(value)]);
  return {
    replicas: replicas ?? 1,
    storage: storage ?? "volumes",
    service: service ?? "loadBalancer",
    arguments: Object.fromEntries(flags),
  };
}

/** Broken rules of the federation's host and its control plane. */
export function controlPlaneFaults(config: Partial): Fault[] {
  const { controlPlane } = config;
  return [
    ...hostFaults(config),
    ...joiningFaults(config),
    ...(controlPlane === undefined ? [] : blockFaults(controlPlane, config)),
  ];
}

function hostFaults({ host, names, members, controlPlane }: Partial): Fault[] {
  if (host === undefined || names.length === 0) return [];
  if (!names.includes(host))
    return [{ path: "host", value: host, remedy: `is no member: ${suggest(host, names)}` }];
  if (members[host]?.lost) {
    const remedy =
      "hosts the federation, which knows all that is placed and is gone with it: bring its control plane back from a " +
      "snapshot (restoreFrom), or begin a new stack with the members that are left";
    return [{ path: `members.${host}.lost`, value: true, remedy }];
  }
  if (controlPlane?.existing && members[host]?.kind === "ec2") {
    const remedy =
      "is made by this program, so no control plane can be in it already: leave host out, or name the external member that " +
      "controlPlane.existing runs on";
    return [{ path: "host", value: host, remedy }];
  }
  return [];
}

/** Who only hosts, and whether anybody is left to be hosted. */
function joiningFaults({ host, names, members }: Partial): Fault[] {
  const apart = names.filter((name) => members[name] && !members[name].joins);
  const fault = (name: string, remedy: string) => ({ path: `members.${name}.joins`, value: false, remedy });
  const idle = apart.filter((name) => name !== host);
  if (idle.length > 0)
    return idle.map((name) =>
      fault(name, "is for the federation's host alone: leave this member out of the config"),
    );
  return apart.length > 0 && apart.length === names.length
    ? [fault(apart[0], "leaves the federation without a member: add one, or leave joins out")]
    : [];
}

function blockFaults({ existing, ...own }: ControlPlaneInput, { host, members }: Partial): Fault[] {
  if (existing) {
    const remedy =
      "is of a control plane that this program makes, and existing names one that is there: leave it out";
    return Object.entries(own).map(([key, value]) => ({ path: `controlPlane.${key}`, value, remedy }));
  }
  const on = host === undefined ? undefined : members[host];
  return [
    ...storageFaults(own, host, on),
    ...(on?.kind === "ec2" && typeof own.service === "object"
      ? [
          {
            path: "controlPlane.service",
            value: own.service,
            remedy: `is let in by nobody: the nodes of ${host}, of kind ec2, take no traffic from outside; use loadBalancer`,
          },
        ]
      : []),
    ...argumentFaults(own.arguments ?? {}),
  ];
}

const given =
  "{ class: fast } (a storage class of its), { names: [etcd-0] } (persistent volumes of its) or none (memory, to try things out)";

function storageFaults(
  { storage, replicas = 1 }: ControlPlaneInput,
  host: string | undefined,
  on: Partial["members"][string] | undefined,
): Fault[] {
  const fault = (key: string, value: unknown, remedy: string): Fault[] => [
    { path: `controlPlane.${key}`, value, remedy },
  ];
  if (on?.kind === "external" && (storage === undefined || storage === "volumes"))
    return fault(
      "storage",
      storage,
      `${host} is there already, and what of its disks may be used is for you to say, once and for good: ${given}`,
    );
  if (on?.kind === "ec2" && typeof storage === "object")
    return fault(
      "storage",
      storage,
      `${host} is of kind ec2 and comes without storage of that kind: use volumes or none`,
    );
  if (storage === "none" && replicas > 1)
    return fault(
      "replicas",
      replicas,
      "a replica of etcd that comes back without its data cannot rejoin: use 1, or other storage",
    );
  if (typeof storage === "object" && "names" in storage) {
    const count = new Set(storage.names).size;
    if (count !== replicas || count !== storage.names.length)
      return fault(
        "storage.names",
        storage.names,
        `must be ${replicas} different volumes, one for each of controlPlane.replicas`,
      );
  }
  const nodes = on?.kind === "ec2" ? on.controlPlane.nodes : Infinity;
  if (storage !== "none" && replicas > nodes)
    return fault(
      "replicas",
      replicas,
      `each needs the volume of a control-plane node, and ${host} has ${nodes}: set members.${host}.controlPlane.nodes to 3, or use 1`,
    );
  return [];
}

function argumentFaults(flags: NonNullable<ControlPlaneInput["arguments"]>): Fault[] {
  const taken = ownFlags();
  return Object.entries(flags).flatMap(([flag, value]): Fault[] => {
    const fault = (remedy: string) => [{ path: `controlPlane.arguments.${flag}`, value, remedy }];
    if (!/^[a-z][a-z0-9-]*$/.test(flag))
      return fault("write the flag without its dashes, such as audit-log-maxage");
    if (taken.includes(flag)) return fault(`--${flag} is set by this program itself: leave it out`);
    return [];
  });
}

/** What a control plane may be and yet deserves a word. */
export function controlPlaneWarnings({
  apps,
  host,
  members,
  controlPlane,
}: Pick<StackConfig, "apps" | "host" | "members" | "controlPlane">): string[] {
  const ours = Object.keys(ofKind(members, "ec2")).filter((name) => name !== host);
  const given = host === undefined || members[host].kind === "external";
  const shut =
    given && ours.length > 0
      ? [
          "apiAccess: has to include the addresses that the pods of the federation's control plane come from, which nobody here " +
            `knows: else the APIs of ${ours.join(", ")} let it in no more than anybody`,
        ]
      : [];
  const kept = Object.entries(apps).filter(([, { onRemove }]) => onRemove === "keep");
  if ("existing" in controlPlane)
    return [
      ...shut,
      ...kept.map(
        ([name]) =>
          `apps.${name}.onRemove: keep needs --enable-empty-workload-propagation=true on the scheduler of the Karmada that is ` +
          "there, which this program does not change: else a member whose share becomes 0 goes on with what it ran",
      ),
    ];
  return [
    ...shut,
    ...(controlPlane.storage === "none"
      ? [
          "controlPlane.storage: none keeps in memory what the federation knows: all of it goes with the pod of its etcd",
        ]
      : []),
    ...(typeof controlPlane.service === "object"
      ? [
          `controlPlane.service: nothing here keeps anybody from port ${controlPlane.service.nodePort} of the nodes of ${host}; ` +
            "let apiAccess in there, and nobody else, in their own firewall",
        ]
      : []),
  ];
}
