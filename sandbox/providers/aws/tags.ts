import type { Call } from "./resource";
import { settings } from "./settings";

export type Tags = Record<string, string>;

/** Tags a resource carries: the provider's default tags, overridden by its own. */
export function withDefaults(tags: unknown): Tags {
  return { ...settings.defaultTags, ...((tags as Tags) ?? {}) };
}

/** Tags out of an AWS list, without the ones AWS itself sets. */
export function fromList(list: { Key?: string; Value?: string }[] | undefined): Tags {
  const entries = (list ?? []).filter((tag) => tag.Key && !tag.Key.startsWith("aws:"));
  return Object.fromEntries(entries.map((tag) => [tag.Key!, tag.Value ?? ""]));
}

/** Tags as an AWS list; `undefined` where there are none, since some calls refuse an empty list. */
export function toList(tags: Tags): { Key: string; Value: string }[] | undefined {
  const list = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  return list.length ? list : undefined;
}

/** What the program's own `tags` are, given what the resource carries: without default tags it did not set itself. */
export function ownTags(all: Tags, declared: Tags | undefined): Tags | undefined {
  const own = Object.entries(all).filter(
    ([key, value]) => key in (declared ?? {}) || settings.defaultTags[key] !== value,
  );
  return own.length || declared ? Object.fromEntries(own) : undefined;
}

/** What must be set and removed to come from `olds` to `news`. */
export function tagChanges(olds: Tags, news: Tags): { set: Tags; removed: string[] } {
  return {
    set: Object.fromEntries(Object.entries(news).filter(([key, value]) => olds[key] !== value)),
    removed: Object.keys(olds).filter((key) => !(key in news)),
  };
}

/** How a service changes the tags of something that exists. */
export type TagWriter = (call: Call, set: Tags, removed: string[]) => Promise<void>;

/** EC2's way: by resource id. */
export const ec2Tags: TagWriter = async ({ ec2, id }, set, removed) => {
  if (removed.length) await ec2.deleteTags({ Resources: [id], Tags: removed.map((Key) => ({ Key })) });
  if (Object.keys(set).length) await ec2.createTags({ Resources: [id], Tags: toList(set) });
};

/** Elastic Load Balancing's way: by ARN, which is the id. */
export const elbTags: TagWriter = async ({ elb, id }, set, removed) => {
  if (removed.length) await elb.removeTags({ ResourceArns: [id], TagKeys: removed });
  if (Object.keys(set).length) await elb.addTags({ ResourceArns: [id], Tags: toList(set) });
};

/** EC2's tags on creation. */
export function tagSpecifications(
  call: Call,
  ResourceType: string,
): { ResourceType: any; Tags: any }[] | undefined {
  const Tags = toList(call.tags);
  return Tags && [{ ResourceType, Tags }];
}
