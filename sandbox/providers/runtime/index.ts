/** What a provider of the sandbox is made with. */

export * from "./types";
export { autoName, freshName, type NameRule } from "./autoname";
export { afterGrace } from "./cancel";
export { changes } from "./diff";
export { formatPath, parsePath, type Path, valueAt } from "./paths";
export { hasUnknown, isUnknown, secret, Secret, UNKNOWN } from "./values";
export { projectInputs } from "./plan";
export { sdkVersion } from "./plugins";
export { listen, serve } from "./serve";
