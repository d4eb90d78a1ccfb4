import * as aws from "@pulumi/aws";
import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";
import { FederatedApp } from "./apps/app";
import { plan } from "./apps/placement";
import { readConfig } from "./config";
import { LatencyRecords } from "./dns/latency-record";
import { setIdentifiers } from "./dns/names";
import { Withdrawal } from "./dns/withdrawal";
import { Zone } from "./dns/zone";
import { Federation } from "./federation/federation";
import { ETCD_PATH } from "./federation/etcd";
import { STACK_TAG, stackTagValue } from "./operate/ownership";
import { outputsOf, PublishedApp } from "./outputs";
import { createMember, Member } from "./regions/member";
import { PeerEnd, Peering } from "./regions/peering";
import { peerFacts, peeringName, peersText } from "./regions/peering-plan";
import { zonesOf } from "./regions/zones";

export = async () => {
  const config = readConfig();
  for (const warning of config.warnings) await pulumi.log.warn(warning);
  const { apiAccess, certificates, context, domain, timeouts, versions } = config;

  // Explicit providers only. One of AWS for all regions: every regional resource says its own.
  const tags = { [STACK_TAG]: stackTagValue(pulumi.getStack()) };
  const region = config.members[config.host].region as aws.Region;
  const provider = new aws.Provider("aws", { region, defaultTags: { tags } });
  const opts = { providers: [provider, new command.Provider("command"), new tls.Provider("tls")] };

  // Regions: one cluster per member. The host first, since the others let its nodes in.
  const zones = await zonesOf(config.members, { provider });
  const dataVolumes = [{ name: "federation", size: 10, path: ETCD_PATH }];
  const facts = Object.fromEntries(Object.entries(config.members).map(([name, member]) => [name, peerFacts(member, zones[name])]));
  const known = (name: string) => ({ zones: zones[name], peers: peersText(name, config.peering, facts) });
  const host = createMember(config.host, config, { ...known(config.host), hostsFederation: true, dataVolumes }, opts);
  const others = Object.keys(config.members).filter((name) => name !== config.host);
  const members: Member[] = [host, ...others.map((name) => createMember(name, config, { ...known(name), apiAllowFrom: host.egressRanges }, opts))];

  // Networks of members that peer, joined; none unless the config names them.
  const end = (name: string) => members.find((member) => member.name === name)?.peerEnd as PeerEnd;
  for (const pair of config.peering) new Peering(peeringName(pair), { requester: end(pair[0]), accepter: end(pair[1]) }, opts);

  // Federation: Karmada on the host, every cluster joined as a member.
  const federation = new Federation("federation", { host, members, apiAccess, certificates, context, versions }, opts);

  // Apps and their names: a member's record goes before its replicas do, and comes when they run.
  const zone = new Zone("zone", { domain, existing: config.zone === "existing" }, opts);
  const apps = Object.entries(config.apps).map(([name, { dns, ...app }]): PublishedApp => {
    const counts = plan(app.replicas, app.placement);
    const taking = members.filter((member) => member.name in counts);
    const serving = taking.filter((member) => counts[member.name] > 0).map((member) => member.name);
    const identifiers = setIdentifiers(taking);
    const keep = serving.map((member) => identifiers[member]);
    const after = dns ? [new Withdrawal(`${name}-withdrawal`, { zone, name: dns.name, keep, ttl: timeouts.record ?? dns.ttl }, opts).done] : [];
    const federated = new FederatedApp(name, { federation, ...app, after }, opts);
    if (!dns || !app.service) return { name, app: federated };
    const { endpoints, ready } = federated;
    const health = { port: app.service.port, path: "/" };
    const records = new LatencyRecords(`${name}-dns`, { zone, ...dns, members: taking, serving, endpoints, health, after: ready }, opts);
    return { name, app: federated, records, ttl: dns.ttl };
  });

  return outputsOf({ federation, members, zone, apps });
};
