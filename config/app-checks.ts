import type { Partial } from "./cross-checks";
import type { Fault } from "./faults";
import { label } from "./fields";
import { overrideFaults } from "./override-checks";
import { placementFaults } from "./placement";
import { latencyFaults, recordFaults } from "./record-checks";

/** Broken rules of apps: their placement, its sums, their overrides, their records and what these are answered by. */
export function appFaults(config: Partial): Fault[] {
  const taken = new Map<string, string>();
  return Object.entries(config.apps)
    .flatMap(([name, app]) => [
      ...nameFaults(name),
      ...placementFaults(name, app, config, config.resources[name]),
      ...overrideFaults(name, app, config, config.resources[name]),
      ...recordFaults(name, app, config, taken),
    ])
    .concat(latencyFaults(config));
}

function nameFaults(name: string): Fault[] {
  if (label.test(name) && name.length <= 63) return [];
  const remedy = "name it with lower-case letters, digits and dashes, a letter first";
  return [{ path: `apps.${name}`, value: name, remedy }];
}
