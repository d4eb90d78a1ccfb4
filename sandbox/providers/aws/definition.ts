import type { ProviderDefinition } from "../runtime/types";
import { functions } from "./functions";
import { configureSettings } from "./settings";
import { resourceType } from "./types";

/**
 * The `aws` provider of the sandbox: upstream's types over the AWS SDK, where the real plugin cannot be had. Names,
 * required inputs, defaults, replacements and waits are those of @pulumi/aws 7.48.0.
 */
export const definition: ProviderDefinition = {
  name: "aws",
  version: "7.48.0",
  jsonConfig: ["assumeRoles", "defaultTags"],
  resource: resourceType,
  functions,
  configure: async (config) => configureSettings(config),
};
