import type { EngineEvent, StepEventMetadata, StepEventStateMetadata } from "@pulumi/pulumi/automation";

/** What an `up` does with a resource. */
export type Operation = "create" | "update" | "replace" | "delete" | "same";

/** One resource, before and after. */
export interface Change {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  readonly operation: Operation;
  /** As the state has it; undefined where it is not there yet. Secrets are `[secret]`. */
  readonly before?: StepEventStateMetadata;
  /** As the program wants it; undefined where it goes. What is not known yet is {@link UNKNOWN}. */
  readonly after?: StepEventStateMetadata;
  /** Paths of the properties that force a replace; empty where something else does. */
  readonly forcedBy: readonly string[];
  /** Names of the properties that differ. */
  readonly changed: readonly string[];
}

/** What a preview found out. */
export interface Preview {
  /** In the order in which the engine came upon them. */
  readonly changes: readonly Change[];
  /** The stack's outputs as the last `up` left them, and as they will be; secrets are `[secret]`. */
  readonly outputs: { readonly before: Outputs; readonly after: Outputs };
  readonly errors: readonly string[];
  readonly warnings: readonly string[];
}

type Outputs = Readonly<Record<string, any>>;

/** How the engine's events write a value that only an `up` finds out. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** The engine's steps; those that only look (`read`, `refresh`) change nothing and are left out. */
const OPERATIONS: Readonly<Record<string, Operation>> = {
  create: "create",
  import: "create",
  update: "update",
  same: "same",
  delete: "delete",
  replace: "replace",
  "create-replacement": "replace",
  "delete-replaced": "replace",
  "import-replacement": "replace",
};

/** A provider that the engine makes for itself, and does not count. */
const INTERNAL = /::pulumi:providers:\w+::default/;

/** Reads a preview's events, in the order in which the engine sent them. */
export function readPreview(events: readonly EngineEvent[]): Preview {
  const changes = new Map<string, Change>();
  const outputs: { before: Outputs; after: Outputs } = { before: {}, after: {} };
  const said = { error: [] as string[], warning: [] as string[] };
  for (const event of events) {
    const step = event.resourcePreEvent?.metadata;
    if (step && OPERATIONS[step.op] && !INTERNAL.test(step.urn))
      changes.set(step.urn, merge(changes.get(step.urn), changeOf(step)));
    const done = event.resOutputsEvent?.metadata;
    if (done?.type === "pulumi:pulumi:Stack") {
      outputs.before = done.old?.outputs ?? outputs.before;
      outputs.after = done.new?.outputs ?? outputs.after;
    }
    const { diagnosticEvent: diagnostic } = event;
    const list = diagnostic && !diagnostic.ephemeral && said[diagnostic.severity as "error" | "warning"];
    if (list && plainText(diagnostic.message)) list.push(saying(diagnostic));
  }
  return { changes: [...changes.values()], outputs, errors: said.error, warnings: said.warning };
}

function changeOf(step: StepEventMetadata): Change {
  const detailed = Object.entries(step.detailedDiff ?? {});
  const forcing = detailed.filter(([, { diffKind }]) => diffKind.endsWith("-replace")).map(([path]) => path);
  return {
    urn: step.urn,
    type: step.type,
    name: nameOf(step.urn),
    operation: OPERATIONS[step.op],
    before: step.old ?? undefined,
    after: step.new ?? undefined,
    forcedBy: forcing.length > 0 ? forcing : (step.keys ?? []),
    changed: step.diffs ?? [],
  };
}

/** A replace comes as several steps; a copy that an earlier run left for deletion comes beside its successor. */
function merge(known: Change | undefined, next: Change): Change {
  if (!known) return next;
  const [first, second] = known.operation === "delete" ? [next, known] : [known, next];
  return {
    ...first,
    before: first.before ?? second.before,
    after: first.after ?? second.after,
    forcedBy: [...new Set([...first.forcedBy, ...second.forcedBy])],
    changed: [...new Set([...first.changed, ...second.changed])],
  };
}

function saying({ urn, message }: { readonly urn?: string; readonly message: string }): string {
  return `${urn ? `${shortName(urn)}: ` : ""}${plainText(message)}`;
}

/** What the engine says, without its marks for colours. */
export function plainText(message: string): string {
  return message.replace(/<\{%[^%]*%\}>/g, "").trim();
}

export const nameOf = (urn: string): string => urn.slice(urn.lastIndexOf("::") + 2);

/** `aws:ec2/vpc:Vpc us-west-network-vpc` of a URN. */
export function shortName(urn: string): string {
  const type = urn.split("::")[2]?.split("$").pop() ?? "";
  return `${type} ${nameOf(urn)}`;
}
