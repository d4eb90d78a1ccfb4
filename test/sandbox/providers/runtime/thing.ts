/** A provider with one resource type, for the runtime's tests. */

import { ProviderDefinition, ResourceType } from "../../../../sandbox/providers/runtime";

export const THING = "test:index:Thing";

/** Echoes its inputs; `behave` lets a test step in. */
export function definition(
  type: Partial<ResourceType> = {},
  more: Partial<ProviderDefinition> = {},
): ProviderDefinition {
  const thing: ResourceType = {
    computed: ["arn", "size"],
    create: async (inputs) => ({ id: "id-1", outputs: { ...inputs, arn: "arn:1", size: 1 } }),
    update: async (_id, olds, news) => ({ ...olds, ...news }),
    read: async (id, state) => ({ id, outputs: state }),
    delete: async () => undefined,
    ...type,
  };
  return {
    name: "test",
    version: "1.0.0",
    resource: (token) => (token === THING ? thing : undefined),
    functions: {},
    ...more,
  };
}
