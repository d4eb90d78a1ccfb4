import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

/** Makes the provider wait for a Service's load balancer, and for nothing else: its own await also wants ready pods. */
export const awaitBalancer = { "pulumi.com/waitFor": "jsonpath={.status.loadBalancer.ingress[0]}" };

/**
 * Where a Service's load balancer is reached: its host name, or its address where it has no name, as other clouds' may.
 * @throws Error in an `up` when there is none, which the Service's own await rules out.
 */
export function balancerAddress(service: k8s.core.v1.Service, what: string): pulumi.Output<string> {
  return service.status.apply((status) => {
    const ingress = status?.loadBalancer?.ingress?.[0];
    const address = ingress?.hostname || ingress?.ip;
    if (address) return address;
    // A preview may show the Service as it would be written, without a status.
    if (pulumi.runtime.isDryRun()) return "(known after the load balancer is made)";
    throw new Error(`${what} has no address although it was waited for; look at the Service's events`);
  });
}
