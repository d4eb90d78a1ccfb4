import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { ControlPlaneConfig, Validity } from "../config";
import { settleControlPlane } from "../config/control-plane-checks";
import type { Host, Member } from "../regions/member";
import { defaultVersions, FederationVersions } from "./components";
import { ControlPlane, FederationApi } from "./control-plane";
import { pinsOf } from "./crds";
import { ExistingControlPlane } from "./existing-control-plane";
import { JoinedMember } from "./member";

/** Arguments of {@link Federation}. */
export interface FederationArgs {
  /** The cluster that the control plane runs on. It may be one of the members, and may be missing where `controlPlane` is there already. */
  readonly host?: Host;
  /** @default one replica on the host's volumes, behind a load balancer */
  readonly controlPlane?: ControlPlaneConfig;
  readonly members: readonly Member[];
  /** CIDRs that may reach the federation's API; the host's own egress is added. */
  readonly apiAccess: readonly string[];
  /** Name of the kubeconfig's context. @default "aws-fed" */
  readonly context?: string;
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
  /** Where the federation's API is: the host name of its load balancer, else address and port. */
  readonly endpoint: pulumi.Output<string>;
  /** Administrator's kubeconfig, secret; resolves only when the API answers. */
  readonly kubeconfig: pulumi.Output<string>;
  /** Writes to the federation's API. */
  readonly provider: k8s.Provider;
  /** Earliest ends of its certificates, RFC 3339. */
  readonly expiry: FederationApi["expiry"];
  /** Whether its API has things of others, too. */
  readonly shared: boolean;
  /** What every object of the federation depends on; given out when all members are Ready. */
  readonly ready: pulumi.Output<pulumi.Resource[]>;

  constructor(name: string, args: FederationArgs, opts?: pulumi.ComponentResourceOptions) {
    super("federation:federation:Federation", name, {}, opts);
    const timeout = args.timeout ?? 600;
    const { keeping = false } = args;
    this.members = args.members;
    this.context = args.context ?? "aws-fed";
    const controlPlane = this.controlPlane(`${name}-control-plane`, args, timeout);
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
    this.shared = controlPlane.shared;
    this.ready = pulumi
      .all([controlPlane.ready, ...joined.map((member) => member.ready)])
      .apply((all) => all.flat());
    this.registerOutputs({ endpoint: this.endpoint, kubeconfig: this.kubeconfig });
  }

  private controlPlane(name: string, args: FederationArgs, timeout: number): FederationApi {
    const { host, apiAccess, certificates, keeping = false } = args;
    const { context } = this;
    const chosen = args.controlPlane ?? settleControlPlane({});
    if ("existing" in chosen)
      return new ExistingControlPlane(name, { ...chosen, host, context }, { parent: this });
    if (!host) throw new Error(`${name}: nobody hosts it, and no control plane is there already`);
    const versions = { ...defaultVersions, ...args.versions };
    pinsOf(versions.karmada);
    const own = { ...chosen, host, context, apiAccess, versions, keeping, certificates, timeout };
    return new ControlPlane(name, own, { parent: this });
  }
}
