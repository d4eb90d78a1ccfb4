import type { Instance, NetworkInterface, RegionState } from "./state";

/** What the metadata service must know beside the region's state. */
export interface MetadataWorld {
  account: string;
  region: string;
  content: RegionState;
}

/**
 * Everything below `/latest/meta-data/`, by path, but for credentials; a lister makes the directories of it.
 */
export function metadataTree(world: MetadataWorld, instance: Instance): Record<string, string> {
  const { account, region, content } = world;
  const interfaces = content.interfaces
    .filter((one) => one.instance === instance.id)
    .sort((a, b) => (a.deviceIndex ?? 0) - (b.deviceIndex ?? 0));
  const primary = interfaces[0];
  if (!primary) throw new Error(`instance ${instance.id} has no network interface`);
  const groups = (eni: NetworkInterface) =>
    content.securityGroups.filter((one) => eni.groups.includes(one.id));
  const tree: Record<string, string> = {
    "ami-id": instance.imageId,
    "ami-launch-index": "0",
    hostname: instance.privateDns,
    "instance-action": "none",
    "instance-id": instance.id,
    "instance-life-cycle": "on-demand",
    "instance-type": instance.type,
    "local-hostname": instance.privateDns,
    "local-ipv4": primary.privateIp,
    mac: primary.mac.toLowerCase(),
    "placement/availability-zone": instance.zone,
    "placement/region": region,
    profile: "default-hvm",
    "reservation-id": `r-${instance.id.replace(/^i-/, "")}`,
    "security-groups": groups(primary)
      .map((one) => one.name)
      .join("\n"),
    "services/domain": "amazonaws.com",
    "services/partition": "aws",
    "block-device-mapping/ami": "/dev/xvda",
    "block-device-mapping/root": "/dev/xvda",
  };
  const zoneId = content.subnets.find((one) => one.id === primary.subnet)?.zoneId;
  if (zoneId) tree["placement/availability-zone-id"] = zoneId;
  if (primary.publicIp) tree["public-ipv4"] = primary.publicIp;
  if (instance.publicDns) tree["public-hostname"] = instance.publicDns;
  if (instance.profile) {
    const arn = `arn:aws:iam::${account}:instance-profile/${instance.profile}`;
    tree["iam/info"] = JSON.stringify(
      { Code: "Success", LastUpdated: instance.launched, InstanceProfileArn: arn, InstanceProfileId: "AIPA" },
      null,
      2,
    );
  }
  for (const eni of interfaces)
    Object.assign(tree, interfaceTree(account, content, instance, eni, groups(eni)));
  if (instance.metadata.tags)
    for (const [key, value] of Object.entries(instance.tags)) tree[`tags/instance/${key}`] = value;
  return tree;
}

function interfaceTree(
  account: string,
  content: RegionState,
  instance: Instance,
  eni: NetworkInterface,
  groups: { id: string; name: string }[],
): Record<string, string> {
  const subnet = content.subnets.find((one) => one.id === eni.subnet);
  const vpc = content.vpcs.find((one) => one.id === eni.vpc);
  const leaves: Record<string, string | undefined> = {
    "device-number": String(eni.deviceIndex ?? 0),
    "interface-id": eni.id,
    "local-hostname": instance.privateDns,
    "local-ipv4s": eni.privateIp,
    mac: eni.mac.toLowerCase(),
    "owner-id": account,
    "public-ipv4s": eni.publicIp ?? undefined,
    "public-hostname": eni.publicIp ? (instance.publicDns ?? undefined) : undefined,
    [`ipv4-associations/${eni.publicIp}`]: eni.publicIp ? eni.privateIp : undefined,
    "security-group-ids": groups.map((one) => one.id).join("\n"),
    "security-groups": groups.map((one) => one.name).join("\n"),
    "subnet-id": eni.subnet,
    "subnet-ipv4-cidr-block": subnet?.cidr,
    "vpc-id": eni.vpc,
    "vpc-ipv4-cidr-block": vpc?.cidr,
    "vpc-ipv4-cidr-blocks": vpc?.cidr,
  };
  const base = `network/interfaces/macs/${eni.mac.toLowerCase()}`;
  return Object.fromEntries(
    Object.entries(leaves).flatMap(([name, value]) =>
      value === undefined ? [] : [[`${base}/${name}`, value]],
    ),
  );
}

/** `/latest/dynamic/instance-identity/document` */
export function identityDocument(world: MetadataWorld, instance: Instance, address: string): string {
  return JSON.stringify(
    {
      accountId: world.account,
      architecture: "x86_64",
      availabilityZone: instance.zone,
      billingProducts: null,
      devpayProductCodes: null,
      marketplaceProductCodes: null,
      imageId: instance.imageId,
      instanceId: instance.id,
      instanceType: instance.type,
      kernelId: null,
      pendingTime: instance.launched,
      privateIp: address,
      ramdiskId: null,
      region: world.region,
      version: "2017-09-30",
    },
    null,
    2,
  );
}

/**
 * What a path of a tree answers: a leaf's value, or a directory's entries, those that are directories with a
 * slash; nothing for a path that does not exist. A tag's key may contain slashes and is one entry all the
 * same.
 */
export function lookUp(tree: Record<string, string>, path: string): string | undefined {
  const wanted = path.replace(/\/+/g, "/").replace(/^\//, "");
  if (wanted in tree) return tree[wanted];
  const prefix = wanted === "" || wanted.endsWith("/") ? wanted : `${wanted}/`;
  const flat = prefix === "tags/instance/";
  const entries = Object.keys(tree)
    .filter((key) => key.startsWith(prefix))
    .map((key) => key.slice(prefix.length))
    .map((rest) => (flat || !rest.includes("/") ? rest : `${rest.split("/")[0]}/`));
  return entries.length ? [...new Set(entries)].sort().join("\n") : undefined;
}
