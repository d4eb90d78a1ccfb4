import { join, relative, resolve } from "node:path";
import { identity, isBalancer, Resource, title } from "../apps/manifest";
import { ManifestFile, readManifests } from "../apps/manifests";
import { resourcesOf } from "../apps/parts";
import { scaledBy, scalingFault } from "../apps/scaling";
import type { AppInput } from "./app-schema";
import type { Fault } from "./faults";
import type { Sources } from "./given";

/** What was read of each app's manifests. */
export interface AppResources {
  /** Undefined for an app with a file or an object that can't be read: what it lacks is not known then. */
  readonly resources: Readonly<Record<string, readonly Resource[] | undefined>>;
  readonly faults: readonly Fault[];
}

/** Reads the manifests of all apps; every file and object that can't be used is a fault. */
export function appResources(apps: Readonly<Record<string, AppInput>>, sources: Sources): AppResources {
  const faults: Fault[] = [];
  const resources: Record<string, readonly Resource[] | undefined> = {};
  const owners = new Map<string, string>();
  for (const [name, app] of Object.entries(apps)) {
    const path = `apps.${name}.manifests`;
    const before = faults.length;
    const files = app.manifests.flatMap((given, index) =>
      filesOf(given, sources, (remedy) => faults.push({ path: `${path}.${index}`, value: given, remedy })),
    );
    const reading = readManifests(files, app.namespace);
    faults.push(...reading.faults.map(({ where, remedy }) => ({ path, value: where, remedy })));
    resources[name] = faults.length > before ? undefined : reading.resources;
    faults.push(...wholeFaults(name, app, reading.resources, owners));
  }
  return { resources, faults };
}

/** The YAML files of a path: the file itself, or those in the directory. */
function filesOf(given: string, sources: Sources, fault: (remedy: string) => void): ManifestFile[] {
  const path = resolve(given);
  try {
    const inside = sources.list(path);
    const files = inside?.filter((file) => /\.ya?ml$/.test(file)).map((file) => join(path, file)) ?? [path];
    if (files.length === 0) fault("has no .yaml or .yml file: name a file, or a directory with some");
    return files.map((file) => ({ path: relative(".", file), text: sources.file(file) }));
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "no file";
    fault(`can't be read (${code}): give the path from the project's directory`);
    return [];
  }
}

/** What is wrong only with all objects of an app, and of the apps before it, together. */
function wholeFaults(
  name: string,
  app: AppInput,
  manifests: readonly Resource[],
  owners: Map<string, string>,
): Fault[] {
  const path = `apps.${name}.manifests`;
  const all = resourcesOf({ ...app, name, manifests });
  const balancers = manifests.filter(({ object }) => isBalancer(object));
  const twins = [...all, ...balancers].flatMap(({ object }): Fault[] => {
    const owner = owners.get(identity(object));
    owners.set(identity(object), name);
    if (owner === undefined) return [];
    const whose = owner === name ? "this app's image makes" : `app ${owner} has`;
    return [{ path, value: title(object), remedy: `is an object that ${whose} already: name it otherwise` }];
  });
  const scaling = manifests.flatMap(({ object }): Fault[] => {
    const target = all.find((each) => scaledBy(object, each.object));
    const remedy = target && scalingFault(target.object, app.spread);
    return remedy === undefined ? [] : [{ path, value: title(object), remedy }];
  });
  const [, second] = [...(app.service ? [undefined] : []), ...balancers.map(({ object }) => title(object))];
  const several =
    second === undefined
      ? []
      : [{ path, value: second, remedy: "is the app's second load balancer: make it an app of its own" }];
  return [...twins, ...scaling, ...several];
}
