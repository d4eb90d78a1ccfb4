import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Component, Probe } from "./components";
import { NAMESPACE, secretPath } from "./places";

type PodSpec = k8s.types.input.core.v1.PodSpec;

/** Labels that pick a component's pods. */
export function labelsOf(component: Component): Record<string, string> {
  return { "app.kubernetes.io/name": component.name, "app.kubernetes.io/part-of": "karmada" };
}

/** Name, namespace and labels of everything that belongs to a component. */
export function metadataOf(component: Component) {
  return { name: component.name, namespace: NAMESPACE, labels: labelsOf(component) };
}

/** Every Service listens on the ports its pods listen on. */
export function servicePorts(component: Component) {
  return Object.entries(component.ports).map(([name, port]) => ({ name, port, targetPort: port }));
}

/** Not on a given cluster: some let nothing outside of kube-system be that important. */
const ourHost = {
  priorityClassName: "system-cluster-critical",
  nodeSelector: { "node-role.kubernetes.io/control-plane": "" },
};

/**
 * A component's pod. On a host that this program makes it runs on the control-plane nodes: their addresses are fixed, so that
 * members can let exactly these in. A given one may have none to be seen. `checksum` is of the files it reads, so that renewed
 * certificates restart it.
 */
export function podTemplate(component: Component, checksum: pulumi.Input<string>, onControlPlane: boolean) {
  return {
    metadata: { labels: labelsOf(component), annotations: { "federation/files": checksum } },
    spec: {
      ...(onControlPlane && ourHost),
      tolerations: [
        { key: "node-role.kubernetes.io/control-plane", operator: "Exists", effect: "NoSchedule" },
      ],
      topologySpreadConstraints: [
        {
          maxSkew: 1,
          topologyKey: "kubernetes.io/hostname",
          whenUnsatisfiable: "ScheduleAnyway",
          labelSelector: { matchLabels: labelsOf(component) },
        },
      ],
      // They work on Karmada's API by a kubeconfig and have no business with the host's.
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      securityContext: { seccompProfile: { type: "RuntimeDefault" } },
      containers: [container(component)],
      volumes: component.secrets.map((secret) => ({ name: secret, secret: { secretName: secret } })),
    } satisfies PodSpec,
  };
}

function container(component: Component) {
  return {
    name: component.name,
    image: component.image,
    command: [...component.command],
    ports: Object.entries(component.ports).map(([name, containerPort]) => ({ name, containerPort })),
    volumeMounts: component.secrets.map((secret) => ({
      name: secret,
      mountPath: secretPath(secret),
      readOnly: true,
    })),
    readinessProbe: { httpGet: httpGet(component.readiness), periodSeconds: 2 },
    // Patient: on a host with two cores everything starts at once.
    livenessProbe: {
      httpGet: httpGet(component.liveness),
      initialDelaySeconds: 30,
      timeoutSeconds: 15,
      failureThreshold: 8,
    },
    resources: {
      requests: { cpu: `${component.requests.cpu}m`, memory: `${component.requests.memory}Mi` },
    },
    securityContext: {
      allowPrivilegeEscalation: false,
      // Kubernetes marks the API server's file with this one, and no file starts without what it is marked with.
      capabilities: { drop: ["ALL"], add: ["NET_BIND_SERVICE"] },
    },
  };
}

function httpGet({ scheme, path, port }: Probe) {
  return { scheme, path, port };
}
