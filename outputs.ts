import * as pulumi from "@pulumi/pulumi";
import { parse } from "yaml";
import type { FederatedApp } from "./apps/app";
import type { Keeper, PublishedRecord } from "./dns/keeper";
import type { Federation } from "./federation/federation";
import { Kubeconfig, kubeconfigText, mergeKubeconfigs } from "./regions/kubeconfig";
import type { Host, Member } from "./regions/member";

/** An app with the records of its name, where it has one. */
export interface PublishedApp {
  readonly name: string;
  readonly app: FederatedApp;
  readonly records?: readonly PublishedRecord[];
}

/** What the stack's outputs are made of. */
export interface Parts {
  readonly federation: Federation;
  /** The cluster that the federation runs on, where this stack knows it. */
  readonly host?: Host;
  readonly members: readonly Member[];
  readonly zone: Keeper;
  readonly apps: readonly PublishedApp[];
}

/** The stack's outputs: what people copy into other tools, and what `status` shows. */
export function outputsOf({ federation, host, members, zone, apps }: Parts) {
  const apart = host && !members.includes(host) ? [host] : [];
  const clusters = [...apart, ...members];
  return {
    /** All clusters' contexts and the federation's; the host's first. */
    kubeconfig: pulumi.secret(
      pulumi
        .all([...clusters.map((cluster) => cluster.kubeconfig), federation.kubeconfig])
        .apply((texts) => kubeconfigText(mergeKubeconfigs(texts.map((text) => parse(text) as Kubeconfig)))),
    ),
    /** The federation's context in it; a member's is `<member>.<domain>`. */
    context: federation.context,
    federation: federation.endpoint,
    /** The host, where it is none of the members. */
    ...Object.fromEntries(apart.map(({ name, region, endpoint }) => ["host", { name, region, endpoint }])),
    nameServers: zone.nameServers,
    /** Whether the parent domain already sends the world to these name servers. */
    ...(zone.delegated && { delegated: zone.delegated }),
    members: Object.fromEntries(members.map((member) => [member.name, memberOutput(member, apps)])),
    /** When certificates end; an `up` in their last month (certificates.renewal) makes them anew. */
    expiry: {
      federation: federation.expiry,
      ...Object.fromEntries(clusters.map((cluster) => [cluster.name, cluster.expiry])),
    },
    /** How the objects of apps with manifests are found in members; a label finds all others'. */
    ...found(apps),
    records: Object.fromEntries(apps.flatMap(({ name, records }) => (records ? [[name, records]] : []))),
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
