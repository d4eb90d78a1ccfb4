import type { Resource } from "../apps/manifest";
import type { AppInput } from "./app-schema";
import type { Partial } from "./cross-checks";
import type { Fault } from "./faults";
import { label } from "./fields";
import { overrideFaults } from "./override-checks";
import { placementFaults } from "./placement";
import { latencyFaults, recordFaults } from "./record-checks";
import { ownFaults, totalFaults } from "./totals";

/** Broken rules of apps: their placement, its sums, their overrides, their records and what these are answered by. */
export function appFaults(config: Partial): Fault[] {
  const taken = new Map<string, string>();
  return Object.entries(config.apps)
    .flatMap(([name, app]) => [
      ...nameFaults(name),
      ...sharingFaults(name, app, config),
      ...whereRead(config.resources[name], (manifests) => overrideFaults(name, app, config, manifests)),
      ...recordFaults(name, app, config, taken),
    ])
    .concat(latencyFaults(config));
}

/** Each only where the ones before find nothing: a total cannot be compared with bounds that are wrong themselves. */
function sharingFaults(name: string, app: AppInput, config: Partial): Fault[] {
  if (config.names.length === 0) return []; // that there are no members is told already
  const placement = placementFaults(name, app, config);
  if (placement.length > 0) return placement;
  const totals = (manifests: readonly Resource[]) => totalFaults(name, app, config, manifests);
  return ownFaults(name, app, config) ?? whereRead(config.resources[name], totals);
}

/** What an object that could not be read would have been, no rule can say. */
function whereRead(
  manifests: readonly Resource[] | undefined,
  faults: (manifests: readonly Resource[]) => Fault[],
): Fault[] {
  return manifests ? faults(manifests) : [];
}

function nameFaults(name: string): Fault[] {
  if (label.test(name) && name.length <= 63) return [];
  const remedy = "name it with lower-case letters, digits and dashes, a letter first";
  return [{ path: `apps.${name}`, value: name, remedy }];
}
