import { parseAllDocuments } from "yaml";
import { builtInKind, foreignKind, Kind } from "./kinds";
import { identity, Manifest, Resource, title } from "./manifest";

/** A file of manifests. */
export interface ManifestFile {
  readonly path: string;
  readonly text: string;
}

/** What is wrong with an object: where it stands (`web.yaml#2 Deployment/web`), and what to do. */
export interface ManifestFault {
  readonly where: string;
  readonly remedy: string;
}

/** What was read, and everything that is wrong with it. */
export interface Reading {
  readonly resources: readonly Resource[];
  readonly faults: readonly ManifestFault[];
}

interface Found {
  readonly where: string;
  readonly object: any;
}

/** Reads an app's manifests: every object in the app's namespace, of a kind that is known or defined beside it. */
export function readManifests(files: readonly ManifestFile[], namespace: string): Reading {
  const faults: ManifestFault[] = [];
  const resources: Resource[] = [];
  const named = files.flatMap((file) => objectsOf(file, faults)).flatMap((found) => shaped(found, faults));
  const custom = new Map(named.flatMap(({ object }) => definedKinds(object)));
  const seen = new Map<string, string>();
  for (const { where, object } of named) {
    const fault = (remedy: string) => void faults.push({ where, remedy });
    const kind =
      builtInKind(object.apiVersion, object.kind) ?? custom.get(`${object.apiVersion} ${object.kind}`);
    const wrong = foreignKind(object.kind);
    if (wrong || !kind) {
      fault(
        wrong ??
          `${object.apiVersion} has no ${object.kind}: add its CustomResourceDefinition to the app's manifests`,
      );
      continue;
    }
    const given = object.metadata.namespace;
    if (kind.namespaced && given !== undefined && given !== namespace) {
      fault(`is in namespace ${given}, the app in ${namespace}: leave it out, or set the app's namespace`);
      continue;
    }
    const placed = kind.namespaced ? { ...object, metadata: { ...object.metadata, namespace } } : object;
    const twin = seen.get(identity(placed));
    if (twin) fault(`is the same object as ${twin}: leave one out`);
    else resources.push({ object: placed, ...kind });
    seen.set(identity(placed), where);
  }
  return { resources, faults };
}

function objectsOf({ path, text }: ManifestFile, faults: ManifestFault[]): Found[] {
  return parseAllDocuments(text).flatMap((document, index): Found[] => {
    const where = `${path}#${index + 1}`;
    if (document.errors.length > 0) {
      faults.push({ where, remedy: `is no YAML: ${document.errors[0].message.split("\n", 1)[0]}` });
      return [];
    }
    const value: any = document.toJS();
    if (value === null || value === undefined) return []; // a separator at the end, or comments alone
    if (value.kind === "List" && Array.isArray(value.items)) {
      return value.items.map((object: unknown) => ({ where, object }));
    }
    return [{ where, object: value }];
  });
}

function shaped({ where, object }: Found, faults: ManifestFault[]): { where: string; object: Manifest }[] {
  const text = (value: unknown) => typeof value === "string" && value !== "";
  const lacks = [
    text(object?.apiVersion) ? [] : ["apiVersion"],
    text(object?.kind) ? [] : ["kind"],
    text(object?.metadata?.name) ? [] : ["metadata.name"],
  ].flat();
  if (lacks.length === 0) return [{ where: `${where} ${title(object)}`, object }];
  faults.push({ where, remedy: `is no Kubernetes object: it has no ${lacks.join(", ")}` });
  return [];
}

/** The kinds that a CustomResourceDefinition defines, one for each of its served versions. */
export function definedKinds({ kind, spec }: Manifest): [string, Kind][] {
  if (kind !== "CustomResourceDefinition") return [];
  const served = (spec?.versions ?? []).filter((version: { served?: boolean }) => version.served);
  return served.map((version: { name: string }) => [
    `${spec.group}/${version.name} ${spec.names?.kind}`,
    { plural: spec.names?.plural, namespaced: spec.scope === "Namespaced" },
  ]);
}
