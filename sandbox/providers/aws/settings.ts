import type { Props } from "../runtime/types";

/** What the provider resource was given, in the shape the rest of this folder uses. */
export interface Settings {
  /** Region of every resource that names none. */
  region: string | undefined;
  profile: string | undefined;
  /** Tags every taggable resource gets beside its own. */
  defaultTags: Record<string, string>;
  assumeRoles: { roleArn: string; sessionName?: string; externalId?: string; duration?: string }[];
}

/** Settings in force. One plugin process serves one provider resource, so a module-wide value is enough. */
export let settings: Settings = read({});

/** Takes the provider's inputs over. Nested values arrive as JSON text, as the SDK's Provider class sends them. */
export function configureSettings(config: Props): void {
  settings = read(config);
}

function read(config: Props): Settings {
  const defaultTags = parsed(config.defaultTags);
  return {
    region: config.region ?? process.env.AWS_REGION ?? process.env.AWS_DEFAULT_REGION,
    profile: config.profile,
    defaultTags: defaultTags?.tags ?? {},
    assumeRoles: parsed(config.assumeRoles) ?? [],
  };
}

function parsed(value: unknown): any {
  if (typeof value !== "string") return value;
  try {
    return JSON.parse(value);
  } catch (cause) {
    throw new Error(`aws provider: configuration is not JSON: ${value.slice(0, 80)}`, { cause });
  }
}
