import * as pulumi from "@pulumi/pulumi";
import { FederatedApp } from "./apps/app";
import { namespacesOf } from "./apps/namespaces";
import { readConfig } from "./config";
import { ofKind, takesPart } from "./config/member-kinds";
import { appNames } from "./dns/app-names";
import { keeperOf } from "./dns/keep";
import { Federation } from "./federation/federation";
import { hostVolumes } from "./federation/etcd-storage";
import { outputsOf, PublishedApp } from "./outputs";
import { checkedZones } from "./regions/checks";
import { createHost, createMember, Member } from "./regions/member";
import { joinNetworks } from "./regions/peering";
import { peersOf } from "./regions/peering-plan";
import { preflight } from "./regions/preflight";
import { providersOf } from "./regions/providers";

export = async () => {
  const config = readConfig();
  for (const warning of config.warnings) await pulumi.log.warn(warning);
  const { apiAccess, certificates, context, timeouts, versions } = config;
  // Clusters that are there already are asked whether they can join, before anything is made.
  await preflight(config);

  const { aws, opts } = providersOf(config);

  // Regions: one cluster per member. The host first, since the others let its nodes in.
  const zones = await checkedZones(config, aws, opts);
  const dataVolumes = hostVolumes(config.controlPlane);
  const peers = peersOf(config.peering, ofKind(config.members, "ec2"), zones);
  const host = createHost(config, { zones, peers, dataVolumes }, opts);
  const others = Object.keys(config.members).filter((name) => name !== config.host);
  const all: Member[] = [host ?? [], others.map((name) => createMember(name, config, { zones: zones[name], peers: peers[name], apiAllowFrom: host?.egressRanges }, opts))].flat();
  joinNetworks(config.peering, all, opts);

  // Federation: Karmada on the host, every cluster joined as a member. A lost one is a member no more; its cluster goes later.
  const members = all.filter(({ name }) => takesPart(config.members[name]));
  const keeping = Object.values(config.apps).some(({ onRemove }) => onRemove === "keep");
  const federation = new Federation("federation", { host, members, controlPlane: config.controlPlane, apiAccess, certificates, context, versions, keeping, timeout: timeouts.federation }, opts);

  // Apps and their names: a member's record goes before its replicas do, and comes when they run.
  const zone = keeperOf(config, { host, members: all, names: appNames(config, members) }, opts);
  const namespaces = namespacesOf(config.apps, federation, opts);
  const apps = Object.entries(config.apps).map(([name, { dns: _, ...app }]): PublishedApp => {
    const withdrawn = zone.withdraw(name);
    const after = withdrawn ? [withdrawn] : [];
    const federated = new FederatedApp(name, { federation, ...app, namespace: namespaces[app.namespace], after }, opts);
    return { name, app: federated, records: zone.record(name, federated) };
  });

  return outputsOf({ federation, host, members, zone, apps });
};
