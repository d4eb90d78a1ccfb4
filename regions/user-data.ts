import { gzipSync, strToU8 } from "fflate";
import { readFileSync } from "fs";
import { join } from "path";
import type { Versions } from "../config";
import { address, parseRange } from "./ipv4";
import { overlayPort } from "./peering-plan";
import {
  ClusterBootArgs,
  ControlPlaneBootArgs,
  controlPlaneConfig,
  etcdCluster,
  workerConfig,
} from "./kubeadm-config";

/** EC2's limit for user data before its base64 encoding, in bytes. */
const limit = 16384;

/** What every node's script knows besides its kubeadm config. */
export interface NodeArgs extends ClusterBootArgs {
  readonly member: string;
  readonly region: string;
  /** Range of the VPC; its resolver is the second address. */
  readonly vpc: string;
  /** Range of the member's pods. */
  readonly pods: string;
  /** Ranges in which a pod's own address is known: the VPC's, and all members' pods'. */
  readonly inside: readonly string[];
  /** Name of the SSM parameter that holds the workers' token. */
  readonly joinParameter: string;
  /** Name of the SSM parameter that tells of the members that this one peers with. */
  readonly peersParameter: string;
  /** Public key of who may come in by SSH. @default nobody */
  readonly sshKey?: string;
  /** What a node installs that its image lacks. */
  readonly versions: Versions;
}

/** A volume of a slot: its id, the device name it is attached by, and where it is mounted. */
export interface SlotVolume {
  readonly id: string;
  readonly device: string;
  readonly path: string;
}

export interface ControlPlaneNodeArgs extends NodeArgs, ControlPlaneBootArgs {
  readonly volumes: readonly SlotVolume[];
  /** Names of the SSM parameters that hold the CAs and their keys. */
  readonly keyParameters: readonly string[];
  /** Hours before its end at which a certificate is made anew. */
  readonly renewal: number;
  /** Name of the SSM parameter that says whether the cluster was begun. */
  readonly begunParameter: string;
  /** Name of the SSM parameter that says where snapshots are kept and which to restore. */
  readonly backupsParameter: string;
  /** Hours between two snapshots, a divisor of 24. */
  readonly backupEvery: number;
}

/** User data of a control-plane node: a shell script that cloud-init runs. It holds no secret. */
export function controlPlaneUserData(args: ControlPlaneNodeArgs): string {
  const own = {
    VOLUMES: args.volumes.map(({ id, device, path }) => `${id} ${device} ${path}`).join("\n"),
    KEY_PARAMETERS: JSON.stringify(args.keyParameters),
    BEGUN_PARAMETER: args.begunParameter,
    BACKUPS_PARAMETER: args.backupsParameter,
    BACKUP_HOURS: hoursOfDay(args.backupEvery).join(","),
    ETCD_CLUSTER: etcdCluster(args.slots),
    PEERS: args.slots.filter((_, slot) => slot !== args.slot).join(" "),
    RENEWAL_HOURS: String(args.renewal),
  };
  return render("control-plane", { ...settings("control-plane", args), ...own }, controlPlaneConfig(args));
}

/** Hours at which something is done that is done every so many hours: `00`, `06`, `12`, `18`. */
function hoursOfDay(every: number): string[] {
  return [...Array(24 / every).keys()].map((i) => String(i * every).padStart(2, "0"));
}

/** User data of a worker. */
export function workerUserData(args: NodeArgs): string {
  return render("worker", { ...settings("worker", args), SLOTS: args.slots.join(" ") }, workerConfig(args));
}

function settings(role: string, args: NodeArgs): Record<string, string> {
  return {
    ROLE: role,
    MEMBER: args.member,
    REGION: args.region,
    API_NAME: args.apiName,
    PODS: args.pods,
    INSIDE: args.inside.join(", "),
    RESOLVER: address(parseRange(args.vpc), 2),
    JOIN_PARAMETER: args.joinParameter,
    PEERS_PARAMETER: args.peersParameter,
    OVERLAY_PORT: String(overlayPort),
    SSH_KEY: args.sshKey ?? "",
    KUBERNETES: args.versions.kubernetes,
    CONTAINERD: args.versions.containerd,
    RUNC: args.versions.runc,
    CNI_PLUGINS: args.versions.cniPlugins,
    CHECKSUMS: Object.entries(args.versions.checksums)
      .map(([file, sum]) => `${file} ${sum}`)
      .join("\n"),
  };
}

/** What a node's script is put together from, `scripts/<name>.sh`: functions first, its own course last. */
const shared = ["common", "runtime", "pod-network", "peering"];
export const scripts = {
  "control-plane": [...shared, "volumes", "etcd", "backups", "own-node", "certificates", "control-plane"],
  worker: [...shared, "worker"],
};

function render(role: keyof typeof scripts, values: Record<string, string>, kubeadm: string): string {
  const quoted = Object.entries(values).map(([name, value]) => `${name}='${value.replaceAll("'", `'\\''`)}'`);
  const text = [
    "#!/bin/bash",
    ...quoted,
    "kubeadm_config() {",
    "  cat <<'KUBEADM'",
    kubeadm.trimEnd(),
    "KUBEADM",
    "}",
    ...scripts[role].map(script),
    "",
  ].join("\n");
  return text;
}

/**
 * User data as EC2 takes it: compressed, which cloud-init undoes, and in base64. Not by Node's own zlib, whose bytes differ
 * between its versions: every node would seem changed on another machine.
 *
 * @throws when it is longer than EC2 takes.
 */
export function packed(userData: string): string {
  const data = gzipSync(strToU8(userData), { level: 9, mtime: 0 });
  if (data.length > limit) {
    throw new Error(
      `user data has ${data.length} bytes compressed, EC2 takes ${limit}: shorten regions/scripts/*.sh`,
    );
  }
  return Buffer.from(data).toString("base64");
}

/** A script without its comments: they are for its readers here, and user data is short of room. */
function script(name: string): string {
  const lines = readFileSync(join(__dirname, "scripts", `${name}.sh`), "utf8").split("\n");
  return lines.filter((line) => !/^\s*(#.*)?$/.test(line)).join("\n");
}
