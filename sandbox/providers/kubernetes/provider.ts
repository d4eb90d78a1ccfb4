/** The provider: settings, one resource type for all kinds, and the function that reads YAML. */

import { parseAllDocuments } from "yaml";
import { changes, Diff, formatPath, isUnknown, Props, ProviderDefinition, sdkVersion } from "../runtime";
import { activeCluster } from "./kubeconfig";
import { objectType } from "./resource";
import { Settings, settingsOf } from "./settings";

/** Groups of tokens that are no kinds of the API. */
const OTHERS = /^kubernetes:(helm\.sh|kustomize|yaml)(\/v\d+)?:/;

export function kubernetes(): ProviderDefinition {
  let settings: Settings | undefined;
  return {
    name: "kubernetes",
    version: sdkVersion("kubernetes"),
    jsonConfig: [
      ...[
        "deleteUnreachable",
        "skipUpdateUnreachable",
        "enableServerSideApply",
        "enableConfigMapMutable",
        "enableSecretMutable",
      ],
      ...[
        "suppressDeprecationWarnings",
        "suppressHelmHookWarnings",
        "helmReleaseSettings",
        "kubeClientSettings",
      ],
    ],
    resource: (token) => (OTHERS.test(token) ? undefined : objectType(token, () => settings!)),
    functions: {
      "kubernetes:yaml:decode": async (args) => ({ result: decodeYaml(args.text, args.defaultNamespace) }),
    },
    async configure(config) {
      settings = settingsOf(config);
      // As upstream, which asks here whether the cluster is there at all: what is to be dropped then is dropped without waiting.
      if (settings.deleteUnreachable) settings.lookForCluster();
    },
    diffConfig,
  };
}

/**
 * Replacing the provider replaces everything on the cluster. `clusterIdentifier` alone decides where it is set; else
 * the kubeconfig's active cluster, and an unknown kubeconfig counts as another cluster, as upstream.
 */
export function diffConfig(olds: Props, news: Props): Diff {
  const changed = changes(olds, news).map((change) => formatPath(change.path));
  if (olds.clusterIdentifier || news.clusterIdentifier) {
    const other = olds.clusterIdentifier !== news.clusterIdentifier;
    return { changed, replaces: other ? ["clusterIdentifier"] : [] };
  }
  if (isUnknown(news.kubeconfig)) return { changed, replaces: ["kubeconfig"] };
  const other =
    changed.length > 0 && (activeCluster(olds) !== activeCluster(news) || activeCluster(news) === undefined);
  return { changed, replaces: other ? changed : [] };
}

/** Every object in the text; lists are taken apart, as kubectl does. */
function decodeYaml(text: string, namespace?: string): Props[] {
  const documents = parseAllDocuments(text);
  for (const document of documents)
    if (document.errors.length) throw new Error(`YAML: ${document.errors[0].message}`);
  const objects = documents
    .map((document) => document.toJS() as Props | null)
    .filter((object): object is Props => !!object);
  return objects
    .flatMap((object) =>
      object.kind?.endsWith("List") && Array.isArray(object.items) ? object.items : [object],
    )
    .map((object) =>
      namespace && object.metadata && !object.metadata.namespace
        ? { ...object, metadata: { ...object.metadata, namespace } }
        : object,
    );
}
