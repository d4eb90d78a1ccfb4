/** What a provider of the sandbox declares, and what the runtime gives it. */

/**
 * A property bag in plain JavaScript. Secrets arrive unwrapped (the runtime marks them again on the way out);
 * in a preview a value may be `UNKNOWN`.
 */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Props = Record<string, any>;

/** What an operation may know about its surroundings. */
export interface Context {
  /** Aborted when the engine cancels or goes away; long waits must end then. */
  signal: AbortSignal;
  log(severity: "debug" | "info" | "warning" | "error", message: string): void;
  /** A passing line of progress beside the resource, gone when the operation ends. */
  status(message: string): void;
  preview: boolean;
  /** The provider's own inputs. */
  config: Props;
  /** `customTimeouts` for this operation, in seconds. */
  timeout?: number;
  urn: string;
  /** The resource's logical name. */
  name: string;
  type: string;
  /** Inputs of the last deployment; for read and delete those in the state. */
  oldInputs?: Props;
  /** Thirty-two bytes, the same for preview and update of one run, so that names drawn from it agree. */
  randomSeed?: Uint8Array;
}

export interface CheckFailure {
  property: string;
  reason: string;
}

export interface Diff {
  /** Input paths that differ, e.g. `spec.replicas`. */
  changed: string[];
  /** Those of them (or others) that need a replacement. */
  replaces: string[];
  /** The old one must go first, e.g. because its name is fixed. */
  deleteBeforeReplace?: boolean;
}

export interface ResourceType {
  /** Inputs that must be there; a missing one is a check failure naming it. */
  required?: string[];
  /** Input paths whose change replaces, dotted; array indices are left out (`ingress.fromPort`). */
  replaceOn?: string[];
  /** Output paths that are secret whatever the inputs are. */
  secretOutputs?: string[];
  /** Outputs that become secret as soon as any input is. */
  taintedOutputs?: string[];
  deleteBeforeReplace?: boolean;
  /** Computed outputs that an update leaves as they are. Default: all of them, as in upstream's bridged providers. */
  stable?: string[];
  /** Defaults and validation; in a preview inputs may be `UNKNOWN`. */
  check?(
    inputs: Props,
    olds: Props | undefined,
    ctx: Context,
  ): Promise<{ inputs: Props; failures?: CheckFailure[] }>;
  /** Outputs are the inputs and what was computed. */
  create(inputs: Props, ctx: Context): Promise<{ id: string; outputs: Props }>;
  /** `undefined` = it is gone. Without `inputs` they are projected from the outputs, so that drift shows. */
  read(
    id: string,
    state: Props,
    ctx: Context,
  ): Promise<{ id: string; outputs: Props; inputs?: Props } | undefined>;
  /** Absent = every change replaces. */
  update?(id: string, olds: Props, news: Props, ctx: Context): Promise<Props>;
  /** Already gone is success. */
  delete(id: string, state: Props, ctx: Context): Promise<void>;
  /** Outputs known in a preview; default: the inputs. What of `computed` it leaves out is unknown. `olds`: the state. */
  plan?(inputs: Props, olds: Props | undefined, ctx: Context): Props | Promise<Props>;
  /** Outputs that only `create` knows. */
  computed: string[];
  /** Default: a deep comparison of the inputs. `state` holds the old outputs. */
  diff?(olds: Props, news: Props, state: Props): Diff;
}

export interface ProviderDefinition {
  name: string;
  version: string;
  /** Provider inputs that the SDK sends as JSON text (all that are not strings) and the runtime must parse. */
  jsonConfig?: string[];
  resource(token: string): ResourceType | undefined;
  functions: Record<string, (args: Props, ctx: Context) => Promise<Props>>;
  configure?(config: Props): Promise<void>;
  checkConfig?(config: Props): Promise<{ inputs: Props; failures?: CheckFailure[] }>;
  diffConfig?(olds: Props, news: Props): Diff;
}

/**
 * Thrown by create or update when the object exists but is not what it should be: it is kept in the state with
 * `outputs`, and the next run updates it.
 */
export class InitError extends Error {
  constructor(
    readonly id: string,
    readonly outputs: Props,
    readonly reasons: string[],
  ) {
    super(reasons.join("\n"));
  }
}
