import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { Health } from "../health-check";

/**
 * How the kubelet finds out whether a member is well: as Route 53's checkers would.
 *
 * @param name what whoever has an address alone is asked for.
 */
export function memberProbe(
  health: Health,
  host: pulumi.Input<string>,
  name: string,
): k8s.types.input.core.v1.Probe {
  return {
    ...asked(health, host, name),
    periodSeconds: health.interval,
    failureThreshold: health.threshold,
    timeoutSeconds: 4,
  };
}

function asked({ protocol, port, path }: Health, host: pulumi.Input<string>, name: string) {
  if (protocol === "tcp") return { tcpSocket: { host, port } };
  const httpHeaders = [{ name: "Host", value: name }];
  return { httpGet: { ...(protocol === "https" && { scheme: "HTTPS" }), host, port, path, httpHeaders } };
}
