import * as aws from "@pulumi/aws";
import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";
import { FederatedApp } from "./apps/app";
import { namespacesOf } from "./apps/namespaces";
import { replicasBehind } from "./apps/parts";
import { readConfig } from "./config";
import { awsRegionOf, ofKind, takesPart } from "./config/member-kinds";
import { LatencyRecords } from "./dns/latency-record";
import { recordTable } from "./dns/table";
import { Withdrawal } from "./dns/withdrawal";
import { Zone } from "./dns/zone";
import { Federation } from "./federation/federation";
import { hostVolumes } from "./federation/etcd-storage";
import { STACK_TAG, stackTagValue } from "./operate/ownership";
import { outputsOf, PublishedApp } from "./outputs";
import { checkedZones } from "./regions/checks";
import { createHost, createMember, Member } from "./regions/member";
import { joinNetworks } from "./regions/peering";
import { peersOf } from "./regions/peering-plan";
import { preflight } from "./regions/preflight";

export = async () => {
  const config = readConfig();
  for (const warning of config.warnings) await pulumi.log.warn(warning);
  const { apiAccess, certificates, context, domain, timeouts, versions } = config;
  // Clusters that are there already are asked whether they can join, before anything is made.
  await preflight(config);

  // Explicit providers only. One of AWS for all regions: every regional resource says its own.
  const tags = { [STACK_TAG]: stackTagValue(pulumi.getStack()) };
  const region = awsRegionOf(config) as aws.Region;
  const provider = new aws.Provider("aws", { region, defaultTags: { tags } });
  const opts = { providers: [provider, new command.Provider("command"), new tls.Provider("tls")] };

  // Regions: one cluster per member. The host first, since the others let its nodes in.
  const zones = await checkedZones(config, provider, opts);
  const dataVolumes = hostVolumes(config.controlPlane);
  const peers = peersOf(config.peering, ofKind(config.members, "ec2"), zones);
  const host = createHost(config, { zones, peers, dataVolumes }, opts);
  const others = Object.keys(config.members).filter((name) => name !== config.host);
  const all: Member[] = [host ?? [], others.map((name) => createMember(name, config, { zones: zones[name], peers: peers[name], apiAllowFrom: host?.egressRanges }, opts))].flat();
  joinNetworks(config.peering, all, opts);

  // Federation: Karmada on the host, every cluster joined as a member. A lost one is a member no more; its cluster goes later.
  const members = all.filter(({ name }) => takesPart(config.members[name]));
  const federation = new Federation("federation", { host, members, controlPlane: config.controlPlane, apiAccess, certificates, context, versions, timeout: timeouts.federation }, opts);

  // Apps and their names: a member's record goes before its replicas do, and comes when they run.
  const zone = new Zone("zone", { domain, existing: config.zone === "existing" }, opts);
  const namespaces = namespacesOf(config.apps, federation, opts);
  const apps = Object.entries(config.apps).map(([name, { dns, ...app }]): PublishedApp => {
    const taking = members.filter((member) => member.name in app.placement);
    const hierarchy = dns?.hierarchy && { service: name, namespace: app.namespace, federation: context, ...dns.hierarchy };
    const table = dns && recordTable({ domain, ...dns, members: taking, replicas: replicasBehind({ name, ...app }), hierarchy });
    const after = table ? [new Withdrawal(`${name}-withdrawal`, { zone, table, wait: timeouts.record }, opts).done] : [];
    const federated = new FederatedApp(name, { federation, ...app, namespace: namespaces[app.namespace], after }, opts);
    if (!dns || !table || !app.service) return { name, app: federated };
    const { endpoints, ready } = federated;
    const health = { port: app.service.port, ...dns.health };
    const records = new LatencyRecords(`${name}-dns`, { zone, table, members: taking, endpoints, health, after: ready }, opts);
    return { name, app: federated, records };
  });

  return outputsOf({ federation, host, members, zone, apps });
};
