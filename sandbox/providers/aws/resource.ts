import { NameRule } from "../runtime/autoname";
import type { CheckFailure, Context, Props } from "../runtime/types";
import type { Services } from "./clients";
import type { Tags, TagWriter } from "./tags";

/** One operation on one resource. */
export interface Call extends Services {
  /** The resource's id; empty while it is being created. */
  id: string;
  /** The resource's region (for a global service: where its calls are signed). */
  region: string;
  /** What the program wants. In `read` and `delete`: what it wanted last. */
  inputs: Props;
  /** Outputs of the last deployment. */
  state: Props;
  /** Tags it is to carry, the provider's default tags included. */
  tags: Tags;
  /** True in `create` and in the `settle` that follows it (or makes up for one that failed). */
  creating: boolean;
  /** True in a `read` that knows nothing but the id. */
  importing: boolean;
  /** Whether an update changes this input. */
  changed(...names: string[]): boolean;
  /** How long to wait: `customTimeouts`, else upstream's default. */
  seconds(upstream: number): number;
  signal: AbortSignal;
  ctx: Context;
}

/**
 * What a resource type says about itself: upstream's schema in words, and its API calls. `define` makes a ResourceType
 * of it. "Upstream" is @pulumi/aws 7.48, whose schema is terraform-provider-aws's; the attribute lists follow its
 * registry documentation and the SDK's own type declarations.
 */
export interface Spec {
  /** Inputs understood, without `tags` and `region`; any other one of upstream's is refused instead of ignored. */
  inputs: string[];
  required?: string[];
  /** Upstream's schema defaults. */
  defaults?: Props;
  /** Inputs that AWS fills in where the program leaves them out ("optional and computed"). */
  filled?: string[];
  /** Inputs whose change replaces ("forces new resource"). */
  replaceOn?: string[];
  /** Further inputs to replace on, by their old and new values. */
  replaceIf?(olds: Props, news: Props): string[];
  deleteBeforeReplace?: boolean;
  /** Outputs only AWS knows. */
  computed: string[];
  /** Outputs that an update with these changed inputs makes unknown again. */
  volatile?(changed: (...names: string[]) => boolean): string[];
  /** List inputs whose order says nothing. */
  sets?: string[];
  /** Inputs that are JSON documents, as text or object. */
  json?: string[];
  secrets?: string[];
  /** Defaults inside blocks, and inputs brought into one spelling; values may be unknown in a preview. */
  prepare?(inputs: Props): Props;
  /** Upstream's automatic name: the property and its rule. */
  autoname?: NameRule & { property: string };
  /** How tags are changed; absent = not taggable. */
  tags?: TagWriter;
  /** IAM, Route 53: no `region` input. */
  global?: boolean;
  /** Of each group, exactly one must be given. */
  exactlyOne?: string[][];
  /** Of each group, at most one may be given. */
  conflicts?: string[][];
  /** Further checks; values may be unknown in a preview. */
  validate?(inputs: Props): CheckFailure[];
  /** Makes it, gives its id at once. */
  create(call: Call): Promise<string>;
  /** Waits for it and sets what `create` could not. If it fails, the resource stays in the state as incomplete. */
  settle?(call: Call): Promise<void>;
  /** Outputs; `undefined` = it is gone. `tagsAll` among them where it is taggable. */
  read(call: Call): Promise<Props | undefined>;
  update?(call: Call): Promise<void>;
  /** Removes it and waits until it is gone. Already gone is success. */
  delete(call: Call): Promise<void>;
  /** State that an import id says, for types whose `read` needs more than the id. */
  imported?(id: string): Props;
}
