import type { Manifest } from "./manifest";
import { AppSpec, deployment } from "./objects";
import { Override, workloadPatches } from "./overrides";
import type { Part } from "./part";
import type { MemberPlacement } from "./placement";
import { shares, Spread } from "./shares";

/** An app as the config gives it, every default filled in. */
export interface App extends AppSpec {
  /** Replicas of all members together, or of each where they are duplicated. */
  readonly replicas: number;
  readonly spread: Spread;
  /** Bounds and weight of every member that takes part. */
  readonly placement: Readonly<Record<string, MemberPlacement>>;
  /** How members depart from the template, by member. */
  readonly overrides: Readonly<Record<string, Override>>;
}

/** What an app is made of at the federation. */
export function partsOf(app: App): Part[] {
  return [workload(app, app.name, deployment(app))];
}

function workload(app: App, name: string, object: Manifest): Part {
  const own = Object.entries(app.overrides).flatMap(([member, { replicas }]): [string, number][] =>
    replicas === undefined ? [] : [[member, replicas]],
  );
  const plan = shares({ ...app, own: Object.fromEntries(own) });
  const patches = Object.entries(app.overrides).map(([member, override]) => [
    member,
    workloadPatches(object, override).patches,
  ]);
  return { name, object, members: Object.keys(plan), plan, patches: Object.fromEntries(patches) };
}
