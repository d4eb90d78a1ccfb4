import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Validity } from "../config";
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
import { Program } from "./program";
import { Registrations } from "./registrations";
import { Files, secretFiles } from "./secrets";
import { shortHash } from "./short-hash";

/** Arguments of {@link ControlPlane}. */
export interface ControlPlaneArgs {
  /** The cluster that Karmada runs on. */
  readonly host: Host;
  /** Name of the kubeconfig's context. */
  readonly context: string;
  /** CIDRs that may reach the API's load balancer, beside the host's own. */
  readonly apiAccess: readonly string[];
  /** Size of etcd and of everything else: 1 or 3, at most the host's control-plane nodes. */
  readonly replicas: number;
  readonly versions: FederationVersions;
  /** Whether apps outlive members' part in the federation. */
  readonly keeping: boolean;
  readonly certificates: Validity;
  /** Seconds the API may take to answer at its load balancer. */
  readonly timeout: number;
}

/** Karmada's control plane on the host: its own API server behind a load balancer, and what works on it. */
export class ControlPlane extends pulumi.ComponentResource {
  /** Host name of the API's load balancer. */
  readonly endpoint: pulumi.Output<string>;
  /** Secret; resolves only when the API answers. */
  readonly kubeconfig: pulumi.Output<string>;
  readonly provider: k8s.Provider;
  readonly expiry: Certificates["expiry"];
  /** The host's administrator, secret: its programs are the host's pods. */
  readonly hostKubeconfig: pulumi.Output<string>;
  /** Ranges that its pods come from, as members see them. */
  readonly egress: pulumi.Output<string[]>;
  /** What objects of the federation depend on: given out when Karmada serves its kinds and its controllers run. */
  readonly ready: pulumi.Output<pulumi.Resource[]>;

  constructor(name: string, args: ControlPlaneArgs, opts?: pulumi.ComponentResourceOptions) {
    super("federation:federation:ControlPlane", name, {}, { ...opts, provider: args.host.provider });
    const onHost = { parent: this };
    const namespace = new k8s.core.v1.Namespace(
      `${name}-namespace`,
      { metadata: { name: NAMESPACE } },
      { ...onHost, dependsOn: args.host.ready },
    );
    const certificates = new Certificates(`${name}-certificates`, args, onHost);
    this.expiry = certificates.expiry;
    this.egress = args.host.egress;
    this.hostKubeconfig = args.host.kubeconfig;
    const files = secretFiles(certificates);
    const secrets = this.secrets(name, files, namespace);

    const etcd = new Etcd(
      `${name}-etcd`,
      {
        nodes: args.host.controlPlaneNodes,
        replicas: args.replicas,
        versions: args.versions,
        checksum: checksum([files["karmada-etcd"]]),
        after: [namespace, secrets["karmada-etcd"]],
      },
      onHost,
    );

    const run = runner(name, args, files, { secrets, namespace }, onHost);
    const sources = args.host.egress.apply((egress) => [...new Set([...args.apiAccess, ...egress])]);
    const apiserver = run("apiserver", [etcd.statefulSet], sources);
    this.endpoint = balancerAddress(apiserver.service!, `${name}: the load balancer of the federation's API`);
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
    const registrations = new Registrations(
      `${name}-registrations`,
      {
        version: args.versions.karmada,
        ca: certificates.authorities.ca.certificate,
        kubeconfig: this.kubeconfig,
        aggregated: run("aggregatedApiserver", [apiserver.deployment]),
        webhook: run("webhook", [apiserver.deployment]),
        timeout: args.timeout,
        store: etcd.statefulSet,
      },
      { parent: this, provider: this.provider },
    );
    const controllers = [
      run("controllerManager", registrations.serving),
      run("scheduler", registrations.serving),
    ];
    this.ready = gate(
      [manager, ...controllers].map((each) => each.deployment),
      registrations.serving,
      async () => {},
    );
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
            server: `https://${endpoint}:${ports.apiserver}`,
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

/** Starts programs of the table by name, each with the Secrets it reads and after what it needs. */
function runner(
  name: string,
  args: ControlPlaneArgs,
  files: Record<string, Files>,
  { secrets, namespace }: { secrets: Record<string, k8s.core.v1.Secret>; namespace: k8s.core.v1.Namespace },
  opts: pulumi.ComponentResourceOptions,
) {
  const table = components(args.versions, args.replicas, args.keeping);
  return (
    which: ComponentName,
    after: pulumi.Input<pulumi.Resource[]>,
    balancer?: pulumi.Input<string[]>,
  ) => {
    const component = table[which];
    const own = component.secrets.map((secret) => secrets[secret]);
    return new Program(
      `${name}-${component.name.replace("karmada-", "")}`,
      {
        component,
        replicas: args.replicas,
        checksum: checksum(component.secrets.map((secret) => files[secret])),
        namespace,
        after: pulumi.output(after).apply((others) => [...others, ...own]),
        balancer,
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
