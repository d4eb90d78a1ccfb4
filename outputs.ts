import * as pulumi from "@pulumi/pulumi";
import { parse } from "yaml";
import type { FederatedApp } from "./apps/app";
import type { LatencyRecords } from "./dns/latency-record";
import { isDelegated, Zone } from "./dns/zone";
import type { Federation } from "./federation/federation";
import { Kubeconfig, kubeconfigText, mergeKubeconfigs } from "./regions/kubeconfig";
import type { Member } from "./regions/member";

/** An app with the records of its name, where it has one. */
export interface PublishedApp {
  readonly name: string;
  readonly app: FederatedApp;
  readonly records?: LatencyRecords;
}

/** What the stack's outputs are made of. */
export interface Parts {
  readonly federation: Federation;
  readonly members: readonly Member[];
  readonly zone: Zone;
  readonly apps: readonly PublishedApp[];
}

/** The stack's outputs: what people copy into other tools, and what `status` shows. */
export function outputsOf({ federation, members, zone, apps }: Parts) {
  return {
    /** All members' contexts and the federation's; the host's first. */
    kubeconfig: pulumi.secret(
      pulumi
        .all([...members.map((member) => member.kubeconfig), federation.kubeconfig])
        .apply((texts) => kubeconfigText(mergeKubeconfigs(texts.map((text) => parse(text) as Kubeconfig)))),
    ),
    /** The federation's context in it; a member's is `<member>.<domain>`. */
    context: federation.context,
    federation: federation.endpoint,
    nameServers: zone.nameServers,
    /** Whether the parent domain already sends the world to these name servers. */
    delegated: zone.nameServers.apply((servers) => isDelegated(zone.domain, servers)),
    members: Object.fromEntries(members.map((member) => [member.name, memberOutput(member, apps)])),
    /** When certificates end; an `up` in their last month (certificates.renewal) makes them anew. */
    expiry: {
      federation: federation.expiry,
      ...Object.fromEntries(members.map((member) => [member.name, member.expiry])),
    },
    /** How the objects of apps with manifests are found in members; a label finds all others'. */
    ...found(apps),
    records: Object.fromEntries(
      apps.flatMap(({ name, records }) => (records ? [[name, records.published]] : [])),
    ),
  };
}

function memberOutput(member: Member, apps: readonly PublishedApp[]) {
  const here = apps.filter(({ app }) => member.name in app.plan);
  return {
    region: member.region,
    endpoint: member.endpoint,
    backups: member.backups,
    replicas: Object.fromEntries(here.map(({ name, app }) => [name, app.plan[member.name]])),
    loadBalancers: Object.fromEntries(
      here
        .filter(({ app }) => app.endpoints[member.name])
        .map(({ name, app }) => [name, app.endpoints[member.name]]),
    ),
  };
}

function found(apps: readonly PublishedApp[]) {
  const findings = apps.flatMap(({ name, app }) => (app.finding ? [[name, app.finding] as const] : []));
  return findings.length > 0 ? { findings: Object.fromEntries(findings) } : {};
}
