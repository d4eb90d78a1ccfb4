import type * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { FILES, ports } from "./corefile";

/** What a pod of CoreDNS is made of. */
export interface CoreDnsPodArgs {
  /** `vX.Y.Z`. */
  readonly version: string;
  readonly labels: Record<string, string>;
  /** Name of the ConfigMap with its files. */
  readonly configMap: pulumi.Input<string>;
  /** Changes with the files: CoreDNS starts anew with them, and a rollout tells when all have. */
  readonly checksum: pulumi.Input<string>;
  /** When it is taken into its Service. @default when it serves */
  readonly readiness?: k8s.types.input.core.v1.Probe;
  /** @default none: it runs on nodes for workloads */
  readonly tolerations?: k8s.types.input.core.v1.Toleration[];
}

const serving = { httpGet: { path: "/ready", port: ports.ready } };

/** A pod of CoreDNS with a Corefile and a zone's file; it asks no API and keeps nothing. */
export function coreDnsPod(args: CoreDnsPodArgs): k8s.types.input.core.v1.PodTemplateSpec {
  return {
    metadata: { labels: args.labels, annotations: { "federation/files": args.checksum } },
    spec: {
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      // What it looks up itself it asks the node's resolver: the cluster's own may ask this one.
      dnsPolicy: "Default",
      tolerations: args.tolerations,
      securityContext: { seccompProfile: { type: "RuntimeDefault" } },
      containers: [
        {
          name: "coredns",
          image: `registry.k8s.io/coredns/coredns:${args.version}`,
          args: ["-conf", `${FILES}/Corefile`],
          ports: [
            { name: "dns", containerPort: ports.dns, protocol: "UDP" },
            { name: "dns-tcp", containerPort: ports.dns, protocol: "TCP" },
          ],
          volumeMounts: [{ name: "files", mountPath: FILES, readOnly: true }],
          startupProbe: { ...serving, periodSeconds: 1, failureThreshold: 60 },
          readinessProbe: args.readiness ?? { ...serving, periodSeconds: 2 },
          livenessProbe: {
            httpGet: { path: "/health", port: ports.health },
            periodSeconds: 10,
            failureThreshold: 5,
            timeoutSeconds: 5,
          },
          resources: { requests: { cpu: "10m", memory: "24Mi" }, limits: { memory: "128Mi" } },
          securityContext: {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ["ALL"], add: ["NET_BIND_SERVICE"] },
          },
        },
      ],
      volumes: [{ name: "files", configMap: { name: args.configMap } }],
    },
  };
}

/** DNS over both protocols, at the same port. */
export function dnsPorts(nodePort?: number): k8s.types.input.core.v1.ServicePort[] {
  const at = nodePort === undefined ? {} : { nodePort };
  return [
    { name: "dns", protocol: "UDP", port: ports.dns, targetPort: ports.dns, ...at },
    { name: "dns-tcp", protocol: "TCP", port: ports.dns, targetPort: ports.dns, ...at },
  ];
}
