import { parse } from "yaml";
import { kubeconfigOf, kubeconfigText, mergeKubeconfigs } from "../../regions/kubeconfig";

const of = (member: string, server = `https://${member}:6443`) =>
  kubeconfigOf({
    context: `${member}.k8s.example.com`,
    server,
    caCertificate: `CA of ${member}`,
    clientCertificate: "certificate",
    clientKey: "key",
  });

describe("kubeconfig", () => {
  it("has one context, named after member and domain", () => {
    expect(parse(kubeconfigText(of("us-west")))).toEqual({
      apiVersion: "v1",
      kind: "Config",
      "current-context": "us-west.k8s.example.com",
      clusters: [
        {
          name: "us-west.k8s.example.com",
          cluster: {
            server: "https://us-west:6443",
            "certificate-authority-data": Buffer.from("CA of us-west").toString("base64"),
          },
        },
      ],
      users: [
        {
          name: "us-west.k8s.example.com",
          user: {
            "client-certificate-data": Buffer.from("certificate").toString("base64"),
            "client-key-data": Buffer.from("key").toString("base64"),
          },
        },
      ],
      contexts: [
        {
          name: "us-west.k8s.example.com",
          context: { cluster: "us-west.k8s.example.com", user: "us-west.k8s.example.com" },
        },
      ],
    });
  });

  it("says which name to expect where the certificate has another than the server's", () => {
    const config = kubeconfigOf({
      context: "aws-fed",
      server: "https://lb",
      caCertificate: "",
      clientCertificate: "",
      clientKey: "",
      tlsServerName: "karmada-apiserver",
    });
    expect(config.clusters[0].cluster).toMatchObject({ "tls-server-name": "karmada-apiserver" });
  });

  it("merges into one with every context, the first being the current one (A4)", () => {
    const merged = mergeKubeconfigs(["us-west", "us-east", "ap-northeast"].map((member) => of(member)));
    expect(merged.contexts.map(({ name }) => name)).toEqual([
      "us-west.k8s.example.com",
      "us-east.k8s.example.com",
      "ap-northeast.k8s.example.com",
    ]);
    expect(merged["current-context"]).toBe("us-west.k8s.example.com");
    expect([merged.clusters.length, merged.users.length]).toEqual([3, 3]);
  });

  it("takes the same cluster twice, but not two of one name", () => {
    expect(mergeKubeconfigs([of("a"), of("a")]).clusters).toHaveLength(1);
    expect(() => mergeKubeconfigs([of("a"), of("a", "https://other")])).toThrow(
      /different clusters named "a\.k8s/,
    );
    expect(() => mergeKubeconfigs([])).toThrow(/no kubeconfig/);
  });
});
