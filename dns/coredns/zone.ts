import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { CoreDnsService } from "../../config/zone-schema";
import { awaitBalancer, balancerAddress } from "../../federation/balancer";
import { unlessTaken } from "../../federation/namespace";
import { shortHash } from "../../federation/short-hash";
import { STACK_TAG, stackTagValue } from "../../operate/ownership";
import { gate, shownAt } from "../../regions/gate";
import type { Member } from "../../regions/member";
import type { AppName } from "../app-names";
import type { Keeper, PublishedRecord, Reached } from "../keeper";
import { frontCorefile, ports, ZONE_FILE } from "./corefile";
import { coreDnsPod, dnsPorts } from "./pod";
import { Clients, Route, routesOf } from "./routes";
import { NAMESPACE, voiceLabels, voiceName } from "./voice";
import { Voices } from "./voices";
import { VoiceWithdrawal } from "./withdrawal";
import { nameServerOf, zoneText } from "./zone-text";

/** Arguments of {@link CoreDns}. */
export interface CoreDnsArgs {
  readonly domain: string;
  /** The cluster that it runs on. */
  readonly host: Member;
  /** Names of apps, by app. */
  readonly names: Readonly<Record<string, AppName>>;
  /** How it is reached; a load balancer may *cost*. */
  readonly service: CoreDnsService;
  readonly clients: Clients;
  /** Release. */
  readonly version: string;
  /** Seconds until nobody is told of a member any more. @default the longest TTL of the name */
  readonly wait?: number;
}

const FREE =
  "CoreDNS's objects are to be in one of that name: delete it there, or keep the domain in Route 53";

const FRONT = { name: "coredns", namespace: NAMESPACE };
const FRONT_LABELS = { "app.kubernetes.io/name": "federation-dns" };

/**
 * CoreDNS on the host keeps the stack's domain. One on each of its nodes answers everybody, so that it sees who asks, and
 * sends each question on to the voice of the member that is nearest to who asks and well.
 */
export class CoreDns extends pulumi.ComponentResource implements Keeper {
  readonly nameServers: pulumi.Output<string[]>;
  /** Where it is asked: `192.0.2.10:30053`. */
  readonly endpoint: pulumi.Output<string>;
  private readonly namespace: k8s.core.v1.Namespace;

  constructor(
    name: string,
    private readonly args: CoreDnsArgs,
    private readonly opts: pulumi.ComponentResourceOptions,
  ) {
    super("federation:dns:CoreDns", name, {}, onHost(opts, args.host));
    const { host, domain, service } = args;
    const owner = stackTagValue(pulumi.getStack());
    const free = unlessTaken({
      namespace: NAMESPACE,
      whose: `host ${host.name}`,
      owner,
      remedy: FREE,
      report: shownAt(this),
    });
    this.namespace = new k8s.core.v1.Namespace(
      `${name}-namespace`,
      {
        metadata: {
          name: NAMESPACE,
          annotations: { [STACK_TAG]: owner },
          // Voices are probed by asking another host, which Kubernetes' baseline forbids from 1.34 on.
          labels: { "pod-security.kubernetes.io/enforce": "privileged" },
        },
      },
      { parent: this, dependsOn: gate(host.ready, host.kubeconfig, free) },
    );
    const front = this.service(name);
    const server =
      service === "loadBalancer"
        ? balancerAddress(front, "the host's CoreDNS")
        : pulumi.output(service.address);
    const port = service === "loadBalancer" ? ports.dns : service.nodePort;
    this.endpoint = pulumi.interpolate`${server}:${port}`;
    this.nameServers = this.endpoint.apply((endpoint) => [endpoint]);
    this.front(name, server, this.doors(name), domain);
    this.registerOutputs({ endpoint: this.endpoint });
  }

  withdraw(app: string): pulumi.Resource | undefined {
    const { names, host, wait } = this.args;
    const name = names[app];
    return name && new VoiceWithdrawal(`${app}-withdrawal`, { app, name, host, wait }, this.opts).done;
  }

  record(app: string, reached: Reached): readonly PublishedRecord[] | undefined {
    const { names, version, host } = this.args;
    const name = names[app];
    if (!name) return undefined;
    const own = { ...reached, app, name, version, after: [this.namespace] };
    return new Voices(`${app}-dns`, own, onHost(this.opts, host)).published;
  }

  /** How it is reached from outside; a node passes on only to its own pod, which so sees who asks. */
  private service(name: string): k8s.core.v1.Service {
    const { service } = this.args;
    const balanced = service === "loadBalancer";
    return new k8s.core.v1.Service(
      `${name}-service`,
      {
        metadata: {
          ...FRONT,
          annotations: balanced ? awaitBalancer : { "pulumi.com/skipAwait": "true" },
        },
        spec: {
          type: balanced ? "LoadBalancer" : "NodePort",
          externalTrafficPolicy: "Local",
          selector: FRONT_LABELS,
          ports: dnsPorts(balanced ? undefined : service.nodePort),
        },
      },
      { parent: this, dependsOn: this.namespace },
    );
  }

  /**
   * Where the voices of each app are asked: of one member, while it is well, or of all whether they are well or not. They
   * are there before any voice is, so nothing that answers waits for an app.
   */
  private doors(name: string): Doors {
    const door = (app: string, selector: Record<string, string>, last: string, any: boolean) =>
      new k8s.core.v1.Service(
        `${name}-${app}-${last}`,
        {
          metadata: {
            name: voiceName(app, last),
            namespace: NAMESPACE,
            annotations: { "pulumi.com/skipAwait": "true" },
          },
          spec: { selector, ports: dnsPorts(), ...(any && { publishNotReadyAddresses: true }) },
        },
        { parent: this, dependsOn: this.namespace },
      ).spec.clusterIP;
    return Object.entries(this.args.names).flatMap(([app, name]) => {
      const routes = routesOf(name, this.args.clients);
      const members = [...new Set(routes.flatMap((route) => route.members))].sort();
      if (members.length === 0) return [];
      const each = members.map((member) => [member, door(app, voiceLabels(app, member), member, false)]);
      const any = door(app, voiceLabels(app), "any", true);
      return [{ routes, any, each: Object.fromEntries(each) as Record<string, pulumi.Output<string>> }];
    });
  }

  private front(name: string, server: pulumi.Output<string>, doors: Doors, domain: string): void {
    const files = pulumi.all([server, pulumi.output(doors)]).apply(([target, doors]) => {
      const byName = new Map(
        doors.flatMap((door) => door.routes.map((route) => [route.name, door] as const)),
      );
      const addressOf = (name: string, member?: string) => {
        const { any, each } = byName.get(name)!;
        return member === undefined ? any : each[member];
      };
      const routes = doors.flatMap((door) => door.routes);
      return {
        Corefile: frontCorefile(domain, routes, addressOf),
        [ZONE_FILE]: zoneText(domain, [{ name: nameServerOf(domain), ttl: 300, target }]),
      };
    });
    const config = new k8s.core.v1.ConfigMap(
      `${name}-files`,
      { metadata: FRONT, data: files },
      { parent: this, dependsOn: this.namespace },
    );
    new k8s.apps.v1.DaemonSet(
      `${name}-front`,
      {
        metadata: { ...FRONT, labels: FRONT_LABELS },
        spec: {
          selector: { matchLabels: FRONT_LABELS },
          // The new one is there before the old one goes: on a host of one node there is no other.
          updateStrategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
          template: coreDnsPod({
            version: this.args.version,
            labels: FRONT_LABELS,
            configMap: config.metadata.name,
            checksum: files.apply((each) => shortHash(each, 16)),
            tolerations: [
              { key: "node-role.kubernetes.io/control-plane", operator: "Exists", effect: "NoSchedule" },
            ],
          }),
        },
      },
      { parent: this, dependsOn: config },
    );
  }
}

type Doors = {
  readonly routes: readonly Route[];
  readonly any: pulumi.Output<string>;
  readonly each: Readonly<Record<string, pulumi.Output<string>>>;
}[];

/** A list of its own: the SDK adds a component's `provider` to the list that it is given, which others have, too. */
function onHost(opts: pulumi.ComponentResourceOptions, host: Member): pulumi.ComponentResourceOptions {
  return { ...opts, providers: [...Object.values(opts.providers ?? []), host.provider] };
}
