import { isIP } from "node:net";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { shortHash } from "../../federation/short-hash";
import type { AppName } from "../app-names";
import { hierarchicalNames } from "../hierarchy";
import type { PublishedRecord, Reached } from "../keeper";
import { recordName } from "../names";
import { voiceCorefile, ZONE_FILE } from "./corefile";
import { coreDnsPod } from "./pod";
import { memberProbe } from "./probe";
import { NAMESPACE, voiceLabels, voiceName } from "./voice";
import { typeOf, zoneText } from "./zone-text";

/** Arguments of {@link Voices}. */
export interface VoicesArgs extends Reached {
  readonly app: string;
  readonly name: AppName;
  /** Release of CoreDNS. */
  readonly version: string;
  /** What has to be there before: the namespace. */
  readonly after: readonly pulumi.Resource[];
}

/** All names of an app with the seconds that their answers may be kept. */
export function namesOf({ domain, name, ttl, members, hierarchy }: AppName): { name: string; ttl: number }[] {
  const placed = members.map(({ region, zones = [] }) => ({ region, zones }));
  const hierarchical = hierarchy ? hierarchicalNames(hierarchy, domain, placed) : [];
  return [
    { name: recordName(name, domain), ttl },
    ...hierarchical.map((each) => ({ name: each.name, ttl: hierarchy!.ttl })),
  ];
}

/**
 * What speaks for the members of an app, one CoreDNS each. The kubelet asks the member as a user would, and takes its voice
 * out of its Service while it does not answer: who asks for the name is then told of another member.
 */
export class Voices extends pulumi.ComponentResource {
  readonly published: readonly PublishedRecord[];

  constructor(name: string, args: VoicesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("federation:dns:Voices", name, {}, opts);
    const { replicas, members } = args.name;
    const serving = members.filter((member) => replicas[member.name] > 0);
    for (const member of serving) this.voice(`${name}-${member.name}`, member.name, args);
    this.published = namesOf(args.name).flatMap((each) =>
      serving.map((member) => {
        const value = pulumi.output(args.endpoints[member.name]);
        return { ...each, type: value.apply(typeOf), setIdentifier: member.name, value };
      }),
    );
    this.registerOutputs({});
  }

  private voice(name: string, member: string, args: VoicesArgs): void {
    const { domain, health } = args.name;
    const target = pulumi.output(args.endpoints[member]);
    const files = target.apply((target) => ({
      Corefile: voiceCorefile(domain, isIP(target) === 0),
      [ZONE_FILE]: zoneText(
        domain,
        namesOf(args.name).map((each) => ({ ...each, target })),
      ),
    }));
    const metadata = {
      name: voiceName(args.app, member),
      namespace: NAMESPACE,
      labels: voiceLabels(args.app, member),
    };
    const config = new k8s.core.v1.ConfigMap(
      `${name}-files`,
      { metadata, data: files },
      { parent: this, dependsOn: [...args.after] },
    );
    new k8s.apps.v1.Deployment(
      `${name}-voice`,
      {
        metadata,
        // Without a number of replicas, which is one: the withdrawal writes another.
        spec: {
          selector: { matchLabels: metadata.labels },
          template: coreDnsPod({
            version: args.version,
            labels: metadata.labels,
            configMap: config.metadata.name,
            checksum: files.apply((each) => shortHash(each, 16)),
            readiness: memberProbe(health, target, recordName(args.name.name, domain)),
          }),
        },
      },
      {
        parent: this,
        dependsOn: args.ready.apply((before) => [...before, config]),
        // Where the host does not reach a member, ten minutes find out no more.
        customTimeouts: { create: "3m", update: "3m" },
      },
    );
  }
}
