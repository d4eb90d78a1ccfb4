import type * as pulumi from "@pulumi/pulumi";
import type { Host, Member } from "../../regions/member";
import { Computed } from "../mocks";

/** What the cluster fills in, as far as the program reads it. */
export const clusterAnswers: Computed = {
  "kubernetes:core/v1:PersistentVolume": ({ id, inputs }) =>
    // One that is looked up has no inputs.
    id
      ? { spec: { storageClassName: "", accessModes: ["ReadWriteOnce"], capacity: { storage: "5Gi" } } }
      : inputs,
  "kubernetes:core/v1:Service": ({ inputs }) => ({
    status:
      inputs.spec.type === "LoadBalancer"
        ? { loadBalancer: { ingress: [{ hostname: `${inputs.metadata.name}.elb.example.com` }] } }
        : {},
  }),
  "kubernetes:core/v1:Secret": ({ name, inputs }) => ({
    data: inputs.data ?? { token: Buffer.from(`token of ${name}`).toString("base64") },
  }),
};

/** Members as the regions hand them on, without the regions. Call it with the rig in place. */
export async function threeMembers(): Promise<Member[]> {
  const pulumi = await import("@pulumi/pulumi");
  const k8s = await import("@pulumi/kubernetes");
  const regions = { "us-west": "us-west-2", "us-east": "us-east-2", "ap-northeast": "ap-northeast-1" };
  return Object.entries(regions).map(([name, region]) => {
    const drain = new pulumi.Stash(`${name}-drain`, { input: "what the region made" });
    return {
      name,
      cloud: "aws",
      region,
      zones: [`${region}a`],
      labels: { market: name },
      kubeconfig: pulumi.secret(`kubeconfig of ${name}`),
      provider: new k8s.Provider(name, { kubeconfig: name, clusterIdentifier: name }),
      endpoint: pulumi.output(`https://api.${name}.example.com:6443`),
      caCertificate: pulumi.output(`CA of ${name}`),
      expiry: { ca: pulumi.output("2036-11-21T00:00:00Z"), admin: pulumi.output("2027-11-21T00:00:00Z") },
      ready: [drain],
    };
  });
}

/** One of them as a host that was there already: nobody knows its nodes. */
export async function givenHostOf(member: Member): Promise<Host> {
  const pulumi = await import("@pulumi/pulumi");
  return { ...member, egress: pulumi.output(["192.168.1.0/24"]), egressRanges: [] };
}

/** One of them with what only a host gives. */
export async function hostOf(member: Member): Promise<Host> {
  const pulumi = await import("@pulumi/pulumi");
  const range = pulumi.output("203.0.113.0/32");
  return {
    ...member,
    egress: pulumi.all([range]),
    egressRanges: [range],
    controlPlaneNodes: [0, 1, 2].map((slot) => `${member.name}-node-${slot}`),
  };
}

export const valueOf = <T>(output: pulumi.Output<T>): Promise<T> =>
  new Promise((resolve) => void output.apply(resolve));
