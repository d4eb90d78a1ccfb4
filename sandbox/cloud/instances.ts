import { nth, prefixLength } from "./addresses";
import { isOn, primaryInterface } from "./lookup";
import { portName, routerNamespace } from "./names";
import { resolverOf } from "./routers";
import type { Instance, RegionState } from "./state";

/** An instance as a machine is to be: everything that its maker needs, and whether its power is on. */
export interface InstancePlan {
  id: string;
  vpc: string;
  power: "on" | "off";
  /** When it was last started; another value means that it was off in between. */
  launched: string;
  hostname: string;
  netns: string;
  veth: string;
  mac: string;
  /** With prefix length. */
  address: string;
  gateway: string;
  dns: string;
  memoryMiB: number;
  /** Whether its image has neither Kubernetes nor a container runtime. */
  bare: boolean;
  volumes: { id: string; device: string; size: number }[];
}

/** MiB by size; of the families t2, t3, m5, m6, m7, which alike have 4 GiB from `large` on per 2 cores. */
const BURSTABLE: Record<string, number> = {
  nano: 512,
  micro: 1024,
  small: 2048,
  medium: 4096,
  large: 8192,
  xlarge: 16384,
  "2xlarge": 32768,
};
const COMPUTE: Record<string, number> = { medium: 2048, large: 4096, xlarge: 8192, "2xlarge": 16384 };
const UNKNOWN_TYPE_MIB = 4096;
const ROOT_DEVICES = new Set(["/dev/sda1", "/dev/sda", "/dev/xvda"]);

export function planInstances(content: RegionState): Map<string, InstancePlan> {
  const plans = content.instances.flatMap((instance): [string, InstancePlan][] => {
    const plan = planInstance(content, instance);
    return plan ? [[instance.id, plan]] : [];
  });
  return new Map(plans);
}

/** Nothing for an instance that is going: its machine is destroyed. */
function planInstance(content: RegionState, instance: Instance): InstancePlan | undefined {
  if (instance.state === "terminated" || instance.state === "shutting-down") return undefined;
  const eni = primaryInterface(content, instance);
  const subnet = content.subnets.find((one) => one.id === eni?.subnet);
  const vpc = content.vpcs.find((one) => one.id === eni?.vpc);
  if (!eni || !subnet || !vpc) return undefined;
  return {
    id: instance.id,
    vpc: vpc.id,
    power: isOn(instance) ? "on" : "off",
    launched: instance.launched,
    hostname: instance.privateDns,
    netns: routerNamespace(vpc.id),
    veth: portName(eni.id),
    mac: eni.mac.toLowerCase(),
    address: `${eni.privateIp}/${prefixLength(subnet.cidr)}`,
    gateway: nth(subnet.cidr, 1),
    dns: resolverOf(vpc),
    memoryMiB: memoryOf(instance.type),
    bare: instance.bare,
    volumes: content.volumes
      .flatMap((volume) =>
        volume.attachments
          .filter((one) => one.instance === instance.id && !ROOT_DEVICES.has(one.device))
          .map((one) => ({ id: volume.id, device: deviceName(one.device), size: volume.size })),
      )
      .sort((a, b) => (a.device < b.device ? -1 : 1)),
  };
}

export function memoryOf(type: string): number {
  const [family = "", size = ""] = type.split(".");
  return (family.startsWith("c") ? COMPUTE : BURSTABLE)[size] ?? UNKNOWN_TYPE_MIB;
}

/** The guest's name of a device: `/dev/sdf` is `/dev/xvdf` there. */
export function deviceName(device: string): string {
  return device.replace(/^\/dev\/sd/, "/dev/xvd");
}

/** Data volumes with their sizes in GiB: all but those that are machines' own disks. */
export function planVolumes(content: RegionState): Map<string, number> {
  const data = content.volumes.filter(
    (volume) => !volume.attachments.some((one) => ROOT_DEVICES.has(one.device)),
  );
  return new Map(data.map((volume) => [volume.id, volume.size]));
}
