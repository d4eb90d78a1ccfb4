import { shortHash } from "../federation/short-hash";
import { Patch, pointer } from "./json-patch";
import type { Manifest, Resource } from "./manifest";
import { patchRevision } from "./overrides";
import type { Plan } from "./placement";
import { RETAIN_LABEL } from "./scaling";

/** One object of an app at the federation, and what becomes of it at the members. */
export interface Part extends Resource {
  /** Name of its policies, and of its resources in the program; its own among all parts. */
  readonly name: string;
  /** Members that have it, if only with no replicas. */
  readonly members: readonly string[];
  /** Replicas by member, for a workload whose replicas the federation counts. */
  readonly plan?: Plan;
  /** How members' copies depart from the object, by member. */
  readonly patches: Readonly<Record<string, readonly Patch[]>>;
  /** Whether it takes over objects of that name that members have already. */
  readonly adopt: boolean;
  /** Whether members that it leaves go on with what they have of it. */
  readonly keep: boolean;
  /** Whether an autoscaler of the app counts its replicas in each member. */
  readonly scaled: boolean;
}

/** Written on the federated object and copied to the members': which plan and which template they carry out. */
export const PLAN_ANNOTATION = "federation/plan";
export const REVISION_ANNOTATION = "federation/revision";
/** Written by the override itself on the copy of a member that has one: the object's own revision says nothing of it. */
export const OVERRIDES_ANNOTATION = "federation/overrides";

/** The program owns what it writes at the federation: what somebody changed there by hand is taken back, instead of refused as a conflict. */
export const OWNED = { "pulumi.com/patchForce": "true" };

/** A short hash that changes with who runs how much and with the object, and with nothing else. */
export function revision({ object, members, plan, adopt, keep }: Part): string {
  const counts = plan ? Object.entries(plan).sort(([a], [b]) => (a < b ? -1 : 1)) : [...members].sort();
  return shortHash([counts, adopt, withoutSecrets(object), ...(keep ? ["keep"] : [])], 12);
}

/** A hash that everybody may read would let them try what a secret might be. */
function withoutSecrets(object: Manifest): object {
  if (object.kind !== "Secret") return object;
  const { data: _, stringData: __, ...rest } = object;
  return rest;
}

/**
 * The object at the federation, with all replicas; Karmada gives each member its share. Under a lazy policy only a write
 * to the object makes Karmada look at the policy again: the annotations are that write where nothing but the shares
 * changed.
 */
export function stamped(part: Part): Manifest {
  const { object, members, plan } = part;
  const shares = plan && Object.entries(plan).map(([member, count]) => `${member}=${count}`);
  return {
    ...object,
    metadata: {
      ...object.metadata,
      ...(part.scaled && plan && { labels: { ...object.metadata.labels, ...RETAIN_LABEL } }),
      annotations: {
        ...object.metadata.annotations,
        ...OWNED,
        [PLAN_ANNOTATION]: (shares ?? members).join(" "),
        [REVISION_ANNOTATION]: revision(part),
        // Karmada runs nothing and sets few conditions, which the provider's own awaits need. Definitions are served there.
        ...(object.kind !== "CustomResourceDefinition" && { "pulumi.com/skipAwait": "true" }),
      },
    },
    ...(plan && { spec: { ...object.spec, replicas: Object.values(plan).reduce((a, b) => a + b, 0) } }),
  };
}

/** Patches of each member that has any; the first one lets the member's copy show that it has them. */
export function overrideRules({ patches }: Part): [member: string, patches: readonly Patch[]][] {
  return Object.entries(patches).flatMap(([member, own]): [string, readonly Patch[]][] => {
    const told = patchRevision(own);
    if (told === undefined) return [];
    const path = pointer("metadata", "annotations", OVERRIDES_ANNOTATION);
    return [[member, [{ op: "add", path, value: told }, ...own]]];
  });
}
