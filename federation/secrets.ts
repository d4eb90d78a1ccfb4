import * as pulumi from "@pulumi/pulumi";
import { kubeconfigOf, kubeconfigText } from "../regions/kubeconfig";
import { Certificates } from "./certificates";
import { KUBECONFIG_FILE, KUBECONFIG_SECRET } from "./components";
import { ports, serviceUrl } from "./places";

/** The files of one Secret: contents by file name. */
export type Files = Readonly<Record<string, pulumi.Output<string>>>;

/** What each Secret of the control plane holds: every program gets the keys it uses and no other. */
export function secretFiles(certificates: Certificates): Record<string, Files> {
  const { authorities, pairs, tokens } = certificates;
  const ca = authorities.ca.certificate;
  const etcdCa = authorities["etcd-ca"].certificate;
  return {
    "karmada-etcd": {
      "ca.crt": etcdCa,
      "server.crt": pairs["etcd-server"].certificate,
      "server.key": pairs["etcd-server"].key,
      "peer.crt": pairs["etcd-peer"].certificate,
      "peer.key": pairs["etcd-peer"].key,
    },
    "karmada-etcd-client": {
      "ca.crt": etcdCa,
      "tls.crt": pairs["etcd-client"].certificate,
      "tls.key": pairs["etcd-client"].key,
    },
    "karmada-apiserver": {
      "ca.crt": ca,
      "tls.crt": pairs.apiserver.certificate,
      "tls.key": pairs.apiserver.key,
      "front-proxy-ca.crt": authorities["front-proxy-ca"].certificate,
      "front-proxy.crt": pairs["front-proxy"].certificate,
      "front-proxy.key": pairs["front-proxy"].key,
      "tokens.pub": tokens.publicKey,
      "tokens.key": tokens.key,
    },
    "karmada-kube-controller-manager": {
      "ca.crt": ca,
      "ca.key": authorities.ca.key,
      "tokens.key": tokens.key,
    },
    "karmada-aggregated-apiserver": {
      "tls.crt": pairs["aggregated-apiserver"].certificate,
      "tls.key": pairs["aggregated-apiserver"].key,
    },
    "karmada-webhook": { "tls.crt": pairs.webhook.certificate, "tls.key": pairs.webhook.key },
    [KUBECONFIG_SECRET]: { [KUBECONFIG_FILE]: inClusterKubeconfig(certificates) },
  };
}

function inClusterKubeconfig({ authorities, pairs }: Certificates): pulumi.Output<string> {
  return pulumi
    .all([authorities.ca.certificate, pairs.admin.certificate, pairs.admin.key])
    .apply(([caCertificate, clientCertificate, clientKey]) =>
      kubeconfigText(
        kubeconfigOf({
          context: "karmada",
          server: serviceUrl("karmada-apiserver", ports.apiserver),
          caCertificate,
          clientCertificate,
          clientKey,
        }),
      ),
    );
}
