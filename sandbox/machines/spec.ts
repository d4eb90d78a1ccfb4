import * as path from "node:path";

/** A volume as the machine sees it. */
export interface VolumeSpec {
  /** `vol-0123…` */
  id: string;
  /** Path of the image file; it exists, and outlives the machine. */
  image: string;
  /** Device name, `/dev/xvdf`. */
  device: string;
}

/** What an instance's machine is. */
export interface MachineSpec {
  /** Instance id. */
  id: string;
  /** Host name as the image's first boot sets it; what follows a first dot becomes the resolver's search domain. */
  hostname: string;
  /** Network namespace of the VPC's router. */
  netns: string;
  /** Name of the router's end of the machine's link. */
  veth: string;
  mac: string;
  /** `a.b.c.d/len` */
  address: string;
  gateway: string;
  /** Address of the resolver. */
  dns: string;
  memoryMiB: number;
  /** Whether its image has neither Kubernetes nor a container runtime. */
  bare: boolean;
  volumes: VolumeSpec[];
}

/** Where a machine keeps its files: all of them below one directory of the box's run directory. */
export interface MachinePaths {
  dir: string;
  /** Root file system. */
  disk: string;
  /** What the machine changed in `/usr` and `/opt`, over what all machines share. */
  layers: string;
  /** Files bound over the machine's own `/proc` and `/sys`, by their path in it. */
  facts: string;
  /** What the first boot removes of `/usr` and `/opt`, a path a line; gone afterwards. */
  absent: string;
  console: string;
  /** Process id of the machine's PID 1, as the box sees it. */
  pid: string;
}

/** @param runDir run directory of the box */
export function machinePaths(runDir: string, id: string): MachinePaths {
  const dir = path.join(machinesDir(runDir), id);
  const below = (name: string): string => path.join(dir, name);
  return {
    dir,
    disk: below("disk"),
    layers: below("layers"),
    facts: below("facts"),
    absent: below("absent"),
    console: below("console.log"),
    pid: below("pid"),
  };
}

/** Directory of all machines of a box. */
export function machinesDir(runDir: string): string {
  return path.join(runDir, "machines");
}

/** Name of a machine's own network namespace. */
export function machineNetns(id: string): string {
  return `machine-${id}`;
}

/** @throws naming every field that the machine could not boot with */
export function checkSpec(spec: MachineSpec, runDir: string): void {
  const faults: string[] = [];
  const must = (field: keyof MachineSpec, pattern: RegExp, shape: string): void => {
    if (!pattern.test(String(spec[field])))
      faults.push(`${field} is ${JSON.stringify(spec[field])}, must be ${shape}`);
  };
  must("id", /^i-[0-9a-f]+$/, "an instance id");
  must("hostname", /^[a-z0-9]([a-z0-9.-]{0,62}[a-z0-9])?$/i, "a host name of up to 64 characters");
  must("veth", /^[^\s/]{1,15}$/, "an interface name of up to 15 characters");
  must("mac", /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/i, "a MAC address");
  must("address", /^\d+(\.\d+){3}\/\d+$/, "an address with its prefix length");
  must("gateway", /^\d+(\.\d+){3}$/, "an address");
  must("dns", /^\d+(\.\d+){3}$/, "an address");
  if (!(spec.memoryMiB >= 128)) faults.push(`memoryMiB is ${spec.memoryMiB}, must be at least 128`);
  for (const { device, id } of spec.volumes) {
    if (!/^\/dev\/[a-z0-9]+$/.test(device))
      faults.push(`volume ${id}: device is ${JSON.stringify(device)}, must be /dev/<name>`);
  }
  // They would end an option of the overlay mounts.
  if (/[:,\\]/.test(runDir))
    faults.push(`the run directory ${runDir} must not contain a colon, comma or backslash`);
  if (faults.length) throw new Error(`machine ${spec.id} cannot be made: ${faults.join("; ")}`);
}
