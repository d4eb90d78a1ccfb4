import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { parse } from "yaml";
import { fetchCrd } from "./crd-source";
import { encode64 } from "./base64";
import { ports, serviceUrl } from "./places";

/** The definitions of each Karmada release that this program can run, with the SHA-256 of their files. */
export const pinnedCrds: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "v1.16.0": {
    "workloadrebalancers.apps.karmada.io": "39a8fef6f0ef952c1568dfbc6c52f8d2ae9b2666fdeb1ac75733fb3ef541c72c",
    "cronfederatedhpas.autoscaling.karmada.io":
      "19696fccead50544442a4b8bfe4cb6a580683b03ddb76aa912d84e1702dc8ed9",
    "federatedhpas.autoscaling.karmada.io":
      "8a89cd7542c43f37eb2860961a0ed3138cc95f9fe0d2bb6f88390827d3a8a822",
    "resourceinterpretercustomizations.config.karmada.io":
      "7a68e9d34232b0212fbd08aae1c98ac2ec9c78114d11663f99781a321d13bdd0",
    "resourceinterpreterwebhookconfigurations.config.karmada.io":
      "361590b4f2ed38e7ed6cd61459cb7533da4ab3214487f73433de066adec2ced1",
    "serviceexports.multicluster.x-k8s.io":
      "552a23e5d8859f30b1b802309e2196e5c86e941d76e7dc2c31d8ac70db3919b1",
    "serviceimports.multicluster.x-k8s.io":
      "3fe2271e2408ab33940eed61670c692ef6f9f667f5c1705d21535c8fc565570e",
    "multiclusteringresses.networking.karmada.io":
      "557bd75b1023381377fc0cc1e48cd8fe06de2f15925687f279d42ad72876c93e",
    "multiclusterservices.networking.karmada.io":
      "4bbd5553cb56703f22d854a8ff161b2fedc409c5a1ffd9f63ce368e110c15415",
    "clusteroverridepolicies.policy.karmada.io":
      "8dbac75a2bc6ce42a276f75e566324eb1cdb7086c6b10ca7f5460e8bb8b0dd45",
    "clusterpropagationpolicies.policy.karmada.io":
      "801a945baf08dcbffce48f89b6c96420b333e8e214076e47d0280e49ea2273e8",
    "clustertaintpolicies.policy.karmada.io":
      "ec0e7390544c3211d8e67986d2b1ba0cfabda43bd96d2f77a72237f726023d28",
    "federatedresourcequotas.policy.karmada.io":
      "60b3434c572dceb208794a7406025df9054afba0694c993f2b5c1d0be1d09893",
    "overridepolicies.policy.karmada.io": "55a89718db5b9f3a52e071814b536066532f8c5adf9f8dfa5e7005a7aae2bca6",
    "propagationpolicies.policy.karmada.io":
      "5ea1ecd776f77381691eca53443c35d7a1edda827343ae7bff213b39a0709f07",
    "remedies.remedy.karmada.io": "b19f00019f99c7cd8655e4957bc201ff5f61b1708561c42612c783a1a237ffdf",
    "clusterresourcebindings.work.karmada.io":
      "9233e9684cdec619cb7a37ec2281b6d526c02236f7ccc60aa6ea0ea0fdb35d0a",
    "resourcebindings.work.karmada.io": "3f636e8d70d8fe2179646ebc5795b555df09eeb76f02fe97e7dd1af7ba6eeee6",
    "works.work.karmada.io": "e0b702a5e9605b03640a843fdef7883063984eac5fe6b089ef3efcfbe7171589",
  },
};

/** Kinds stored in more than one version; the webhook translates between them. */
const converted = ["resourcebindings.work.karmada.io", "clusterresourcebindings.work.karmada.io"];

/** Arguments of {@link Crds}. */
export interface CrdsArgs {
  /** Karmada release. */
  readonly version: string;
  /** PEM of the authority that signed the webhook's certificate. */
  readonly ca: pulumi.Input<string>;
  /** Holds what is made here: when it is deleted, the definitions need no deleting one by one. */
  readonly store: pulumi.Resource;
}

/** Karmada's custom resource definitions, as resources of the federation's API. */
export class Crds extends pulumi.ComponentResource {
  readonly all: readonly k8s.apiextensions.v1.CustomResourceDefinition[];

  constructor(name: string, args: CrdsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("federation:federation:Crds", name, {}, opts);
    this.all = Object.entries(pinsOf(args.version)).map(([crd, pin]) => {
      const spec = pulumi.output(fetchCrd(args.version, crd, pin).then((text) => parse(text).spec));
      return new k8s.apiextensions.v1.CustomResourceDefinition(
        `${name}-${crd.replaceAll(".", "-")}`,
        { metadata: { name: crd }, spec: converted.includes(crd) ? withConversion(spec, args.ca) : spec },
        { parent: this, deletedWith: args.store },
      );
    });
    this.registerOutputs({});
  }
}

/**
 * The definitions of a release.
 * @throws Error for one that has none here.
 */
export function pinsOf(version: string): Readonly<Record<string, string>> {
  const pins = pinnedCrds[version];
  if (pins) return pins;
  throw new Error(
    `Karmada ${version} has no pinned definitions; there are ${Object.keys(pinnedCrds).join(", ")}. ` +
      "Add the release's files with their SHA-256 to federation/crds.ts.",
  );
}

type CrdSpec = pulumi.Input<k8s.types.input.apiextensions.v1.CustomResourceDefinitionSpec>;

function withConversion(spec: pulumi.Output<any>, ca: pulumi.Input<string>): CrdSpec {
  return pulumi.all([spec, ca]).apply(([read, pem]) => ({
    ...read,
    conversion: {
      strategy: "Webhook",
      webhook: {
        clientConfig: {
          url: `${serviceUrl("karmada-webhook", ports.webhook)}/convert`,
          caBundle: encode64(pem),
        },
        conversionReviewVersions: ["v1"],
      },
    },
  }));
}
