import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Validity } from "../config";
import type { Host, Member } from "../regions/member";
import { defaultVersions, FederationVersions } from "./components";
import { ControlPlane } from "./control-plane";
import { pinsOf } from "./crds";
import { JoinedMember } from "./member";
import { MAX_REPLICAS } from "./places";

/** Arguments of {@link Federation}. */
export interface FederationArgs {
  /** The cluster that the control plane runs on. It may be one of the members. */
  readonly host: Host;
  readonly members: readonly Member[];
  /** CIDRs that may reach the federation's API; the host's own egress is added. */
  readonly apiAccess: readonly string[];
  /** Name of the kubeconfig's context. @default "aws-fed" */
  readonly context?: string;
  /** Replicas of the control plane's programs, etcd's among them: 1 or 3, at most the host's nodes. @default 1 */
  readonly replicas?: number;
  /** @default what this program was tested with */
  readonly versions?: Partial<FederationVersions>;
  /** Whether any app says `onRemove: keep`: its objects outlive their members' part in the federation. @default false */
  readonly keeping?: boolean;
  readonly certificates: Validity;
  /** Seconds that the API may take to answer, and each member to become Ready. @default 600 */
  readonly timeout?: number;
}

/** Karmada on the host, and every member joined to it. */
export class Federation extends pulumi.ComponentResource {
  readonly members: readonly Member[];
  /** Name of the kubeconfig's context. */
  readonly context: string;
  /** Host name of the load balancer of the federation's API. */
  readonly endpoint: pulumi.Output<string>;
  /** Administrator's kubeconfig, secret; resolves only when the API answers. */
  readonly kubeconfig: pulumi.Output<string>;
  /** Writes to the federation's API. */
  readonly provider: k8s.Provider;
  /** Earliest ends of its certificates, RFC 3339. */
  readonly expiry: ControlPlane["expiry"];
  /** What every object of the federation depends on; given out when all members are Ready. */
  readonly ready: pulumi.Output<pulumi.Resource[]>;

  constructor(name: string, args: FederationArgs, opts?: pulumi.ComponentResourceOptions) {
    super("federation:federation:Federation", name, {}, opts);
    const { timeout, replicas, versions } = settle(args);
    const { keeping = false } = args;
    this.members = args.members;
    this.context = args.context ?? "aws-fed";
    const controlPlane = new ControlPlane(
      `${name}-control-plane`,
      {
        host: args.host,
        context: this.context,
        apiAccess: args.apiAccess,
        replicas,
        versions,
        keeping,
        certificates: args.certificates,
        timeout,
      },
      { parent: this },
    );
    const joined = args.members.map(
      (member) =>
        new JoinedMember(
          `${name}-${member.name}`,
          { member, controlPlane, keeping, timeout },
          { parent: this },
        ),
    );
    this.endpoint = controlPlane.endpoint;
    this.kubeconfig = controlPlane.kubeconfig;
    this.provider = controlPlane.provider;
    this.expiry = controlPlane.expiry;
    this.ready = pulumi
      .all([controlPlane.ready, ...joined.map((member) => member.ready)])
      .apply((all) => all.flat());
    this.registerOutputs({ endpoint: this.endpoint, kubeconfig: this.kubeconfig });
  }
}

/**
 * Fills in the defaults.
 * @throws Error for what can't be built, before anything is.
 */
export function settle(args: Pick<FederationArgs, "replicas" | "timeout" | "versions">) {
  const { timeout = 600, replicas = 1 } = args;
  const versions = { ...defaultVersions, ...args.versions };
  if (replicas !== 1 && replicas !== MAX_REPLICAS) {
    throw new Error(
      `${replicas} replicas of the federation's control plane: etcd needs a majority, take 1 or 3`,
    );
  }
  pinsOf(versions.karmada);
  return { timeout, replicas, versions };
}
