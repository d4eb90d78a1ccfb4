import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { OwnControlPlane, Validity } from "../config";
import { STACK_TAG, stackTagValue } from "../operate/ownership";
import { apiClient } from "../regions/api-client";
import { gate, shownAt } from "../regions/gate";
import { kubeconfigOf, kubeconfigText } from "../regions/kubeconfig";
import type { Host } from "../regions/member";
import { until } from "../regions/poll";
import { Certificates } from "./certificates";
import { ComponentName, components, FederationVersions } from "./components";
import { Etcd } from "./etcd";
import { balancerAddress } from "./balancer";
import { encode64 } from "./base64";
import { NAMESPACE, ports, serviceHost } from "./places";
import { Exposed, Program } from "./program";
import { Registrations } from "./registrations";
import { Files, secretFiles } from "./secrets";
import { shortHash } from "./short-hash";

/** What members and apps need of the federation's control plane, made here or there already. */
export interface FederationApi {
  /** Where it is reached: the host name of its load balancer, else address and port. */
  readonly endpoint: pulumi.Output<string>;
  /** The administrator's, secret; resolves only when the API answers. */
  readonly kubeconfig: pulumi.Output<string>;
  /** Writes to it. */
  readonly provider: k8s.Provider;
  /** Ends of its certificates, RFC 3339, as far as they are known. */
  readonly expiry: Readonly<Record<string, pulumi.Output<string>>>;
  /** The host's administrator, secret: Karmada's programs are the host's pods. @default nobody knows where they run */
  readonly hostKubeconfig?: pulumi.Output<string>;
  /** Ranges that its pods come from, as members see them; none where nobody knows. */
  readonly egress: pulumi.Output<string[]>;
  /** Whether others put things there, too. */
  readonly shared: boolean;
  /** What objects of the federation depend on: given out when Karmada serves its kinds and its controllers run. */
  readonly ready: pulumi.Output<pulumi.Resource[]>;
}

/** Arguments of {@link ControlPlane}. */
export interface ControlPlaneArgs extends OwnControlPlane {
  /** The cluster that Karmada runs on. */
  readonly host: Host;
  /** Name of the kubeconfig's context. */
  readonly context: string;
  /** CIDRs that may reach the API's load balancer, beside the host's own. */
  readonly apiAccess: readonly string[];
  readonly versions: FederationVersions;
  /** Whether apps outlive members' part in the federation. */
  readonly keeping: boolean;
  readonly certificates: Validity;
  /** Seconds the API may take to answer at its load balancer. */
  readonly timeout: number;
}

/** Karmada's control plane on the host: its own API server behind a load balancer, and what works on it. */
export class ControlPlane extends pulumi.ComponentResource implements FederationApi {
  readonly endpoint: pulumi.Output<string>;
  readonly kubeconfig: pulumi.Output<string>;
  readonly provider: k8s.Provider;
  readonly expiry: Certificates["expiry"];
  readonly hostKubeconfig: pulumi.Output<string>;
  readonly egress: pulumi.Output<string[]>;
  readonly shared = false;
  readonly ready: pulumi.Output<pulumi.Resource[]>;

  constructor(name: string, args: ControlPlaneArgs, opts?: pulumi.ComponentResourceOptions) {
    super("federation:federation:ControlPlane", name, {}, { ...opts, provider: args.host.provider });
    const onHost = { parent: this };
    const namespace = new k8s.core.v1.Namespace(
      `${name}-namespace`,
      { metadata: { name: NAMESPACE, ...markOf(args.host) } },
      { ...onHost, dependsOn: args.host.ready },
    );
    const { service } = args;
    const apiAddress = service === "loadBalancer" ? undefined : service.address;
    const certificates = new Certificates(
      `${name}-certificates`,
      { certificates: args.certificates, apiAddress },
      onHost,
    );
    this.expiry = certificates.expiry;
    this.egress = args.host.egress;
    this.hostKubeconfig = args.host.kubeconfig;
    const files = secretFiles(certificates);
    const secrets = this.secrets(name, files, namespace);

    const etcd = new Etcd(
      `${name}-etcd`,
      {
        nodes: args.host.controlPlaneNodes,
        kubeconfig: args.host.kubeconfig,
        storage: args.storage,
        replicas: args.replicas,
        versions: args.versions,
        checksum: checksum([files["karmada-etcd"]]),
        after: [namespace, secrets["karmada-etcd"]],
      },
      onHost,
    );

    const run = runner(name, args, files, { secrets, namespace }, onHost);
    const sources = args.host.egress.apply((egress) => [...new Set([...args.apiAccess, ...egress])]);
    const exposed = service === "loadBalancer" ? { balancer: sources } : { nodePort: service.nodePort };
    const apiserver = run("apiserver", [etcd.statefulSet], exposed);
    const what = `${name}: the load balancer of the federation's API`;
    this.endpoint =
      service === "loadBalancer"
        ? balancerAddress(apiserver.service!, what)
        : pulumi.output(`${service.address}:${service.nodePort}`);
    this.kubeconfig = this.answering(args, certificates, apiserver);
    this.provider = new k8s.Provider(
      `${name}-api`,
      {
        kubeconfig: this.kubeconfig,
        // Never derived from the kubeconfig: a new certificate or address must not replace what lives there.
        clusterIdentifier: `${pulumi.getStack()}/${args.context}/1`,
        // Members' credentials are updated in place; replaced, they would be missing for a moment.
        enableSecretMutable: true,
      },
      { parent: this, dependsOn: [apiserver.deployment, apiserver.service!] },
    );

    const manager = run("kubeControllerManager", [apiserver.deployment]);
    // Another release comes in this order: kinds, API servers, webhook, registrations, scheduler, controllers. So nobody asks
    // a program of the old release about what only the new one knows.
    const registrations = new Registrations(
      `${name}-registrations`,
      {
        version: args.versions.karmada,
        ca: certificates.authorities.ca.certificate,
        kubeconfig: this.kubeconfig,
        aggregated: (kinds) => run("aggregatedApiserver", [apiserver.deployment, ...kinds]),
        webhook: (kinds) => run("webhook", [apiserver.deployment, ...kinds]),
        timeout: args.timeout,
        store: etcd.statefulSet,
      },
      { parent: this, provider: this.provider },
    );
    const { serving } = registrations;
    const scheduler = run("scheduler", serving);
    const controllers = run("controllerManager", joinedWith(serving, scheduler.deployment));
    const running = [manager, scheduler, controllers].map((each) => each.deployment);
    this.ready = gate(running, serving, async () => {});
    this.registerOutputs({ endpoint: this.endpoint, kubeconfig: this.kubeconfig });
  }

  private secrets(name: string, files: Record<string, Files>, namespace: k8s.core.v1.Namespace) {
    return Object.fromEntries(
      Object.entries(files).map(([secret, each]) => [
        secret,
        new k8s.core.v1.Secret(
          `${name}-${secret.replace("karmada-", "")}-files`,
          {
            metadata: { name: secret, namespace: NAMESPACE },
            data: pulumi.secret(
              pulumi
                .all(each)
                .apply((texts) =>
                  Object.fromEntries(Object.entries(texts).map(([k, v]) => [k, encode64(v)])),
                ),
            ),
          },
          { parent: this, dependsOn: namespace },
        ),
      ]),
    );
  }

  /** The kubeconfig for those outside, once the API answers at its load balancer; its name takes a while to resolve. */
  private answering(args: ControlPlaneArgs, { authorities, pairs }: Certificates, apiserver: Program) {
    const { ca } = authorities;
    const { admin } = pairs;
    const rendered = pulumi
      .all([this.endpoint, ca.certificate, admin.certificate, admin.key])
      .apply(([endpoint, caCertificate, clientCertificate, clientKey]) =>
        kubeconfigText(
          kubeconfigOf({
            context: args.context,
            server: `https://${args.service === "loadBalancer" ? `${endpoint}:${ports.apiserver}` : endpoint}`,
            // The certificate need not know the load balancer's name.
            tlsServerName: serviceHost("karmada-apiserver"),
            caCertificate,
            clientCertificate,
            clientKey,
          }),
        ),
      );
    const answered = gate([apiserver.deployment, apiserver.service!], rendered, (kubeconfig) =>
      until(
        { what: `the federation's API (${args.context})`, timeout: args.timeout, report: shownAt(this) },
        async () => {
          const { status, body } = await apiClient(kubeconfig)("/readyz");
          return status === 200 ? undefined : `/readyz answers ${status} ${String(body).trim()}`;
        },
      ),
    );
    return pulumi.secret(
      pulumi.all([rendered, answered.apply(() => true)]).apply(([kubeconfig]) => kubeconfig),
    );
  }
}

/** Whose the control plane is, on a cluster that may have another's: the preflight asks for it. */
function markOf({ controlPlaneNodes }: Host) {
  return controlPlaneNodes ? {} : { annotations: { [STACK_TAG]: stackTagValue(pulumi.getStack()) } };
}

function joinedWith(after: pulumi.Input<pulumi.Resource[]>, ...more: pulumi.Resource[]) {
  return pulumi.output(after).apply((others) => [...others, ...more]);
}

/** Starts programs of the table by name, each with the Secrets it reads and after what it needs. */
function runner(
  name: string,
  args: ControlPlaneArgs,
  files: Record<string, Files>,
  { secrets, namespace }: { secrets: Record<string, k8s.core.v1.Secret>; namespace: k8s.core.v1.Namespace },
  opts: pulumi.ComponentResourceOptions,
) {
  const table = components(args.versions, args.replicas, args.arguments, args.keeping);
  const onControlPlane = args.host.controlPlaneNodes !== undefined;
  return (which: ComponentName, after: pulumi.Input<pulumi.Resource[]>, exposed?: Exposed) => {
    const component = table[which];
    const own = component.secrets.map((secret) => secrets[secret]);
    return new Program(
      `${name}-${component.name.replace("karmada-", "")}`,
      {
        component,
        replicas: args.replicas,
        checksum: checksum(component.secrets.map((secret) => files[secret])),
        namespace,
        after: joinedWith(after, ...own),
        onControlPlane,
        exposed,
      },
      opts,
    );
  };
}

/** Changes when any of the files does; says nothing about them. */
function checksum(files: readonly Files[]): pulumi.Output<string> {
  const hash = pulumi.all(files.map((each) => pulumi.all(each))).apply((texts) => shortHash(texts, 16));
  return pulumi.unsecret(hash);
}
