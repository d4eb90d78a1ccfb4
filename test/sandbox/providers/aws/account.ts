import { isDeepStrictEqual } from "node:util";
import { definition } from "../../../../sandbox/providers/aws/definition";
import type { Props } from "../../../../sandbox/providers/runtime";
import { type Clients, type Emulator, OPERATOR, startEmulator } from "../../emulator/emulator";
import { Harness, type ReadDiff } from "../runtime/harness";

export const REGION = "us-west-2";

/** The provider against an emulated account of its own, asked as the engine asks. */
export class Account {
  private constructor(
    readonly emulator: Emulator,
    readonly provider: Harness,
    /** The same account past the provider: to see what it did, and to cause drift. */
    readonly aws: Clients,
  ) {}

  static async open(config: Props = {}): Promise<Account> {
    const emulator = await startEmulator();
    Object.assign(process.env, {
      AWS_ENDPOINT_URL: emulator.url,
      AWS_ACCESS_KEY_ID: OPERATOR.accessKeyId,
      AWS_SECRET_ACCESS_KEY: OPERATOR.secretAccessKey,
    });
    const provider = await Harness.of(definition, { region: REGION, ...config });
    return new Account(emulator, provider, emulator.clients(REGION));
  }

  async close(): Promise<void> {
    this.provider?.stop();
    await this.emulator?.stop();
  }

  /** check and create; throws what the engine would show. */
  async create(token: string, inputs: Props): Promise<Resource> {
    const checked = await this.provider.check(token, inputs);
    if (checked.failures.length) throw new Error(JSON.stringify(checked.failures));
    const made = await this.provider.create(token, checked.inputs);
    return new Resource(this.provider, token, made.id, checked.inputs, made.outputs);
  }

  /** The reasons a check refuses these inputs for, by property. */
  async refusals(token: string, inputs: Props): Promise<Record<string, string>> {
    const { failures } = await this.provider.check(token, inputs);
    return Object.fromEntries(failures.map(({ property, reason }) => [property, reason]));
  }
}

/** One resource in the provider's care: what the engine would keep in its state. */
export class Resource {
  constructor(
    private readonly provider: Harness,
    readonly token: string,
    readonly id: string,
    public inputs: Props,
    public outputs: Props,
  ) {}

  /** Inputs as the program would give them, with some changed; `undefined` takes one away. */
  async checked(changes: Props): Promise<Props> {
    const news = Object.fromEntries(
      Object.entries({ ...this.inputs, ...changes }).filter(([, value]) => value !== undefined),
    );
    const { inputs, failures } = await this.provider.check(this.token, news, this.inputs);
    if (failures.length) throw new Error(JSON.stringify(failures));
    return inputs;
  }

  async diff(changes: Props = {}): Promise<ReadDiff> {
    return this.provider.diff(this.token, this.inputs, await this.checked(changes), this.outputs);
  }

  /** Outputs that a preview of these changes shows. */
  async preview(changes: Props): Promise<Props> {
    const news = await this.checked(changes);
    return (await this.provider.update(this.token, this.id, this.outputs, news, true, this.inputs)).outputs;
  }

  async update(changes: Props): Promise<void> {
    const news = await this.checked(changes);
    const { outputs } = await this.provider.update(
      this.token,
      this.id,
      this.outputs,
      news,
      false,
      this.inputs,
    );
    Object.assign(this, { inputs: news, outputs });
  }

  /** What a refresh finds: whether it is there, and what of inputs and outputs moved. */
  async refresh(): Promise<{ there: boolean; inputs: string[]; outputs: string[] }> {
    const found = await this.provider.read(this.token, this.id, this.outputs, this.inputs);
    if (!found.id) return { there: false, inputs: [], outputs: [] };
    const moved = (old: Props, fresh: Props) =>
      [...new Set([...Object.keys(old), ...Object.keys(fresh)])].filter(
        (name) => !isDeepStrictEqual(old[name], fresh[name]),
      );
    const result = {
      there: true,
      inputs: moved(this.inputs, found.inputs),
      outputs: moved(this.outputs, found.outputs),
    };
    Object.assign(this, { inputs: found.inputs, outputs: found.outputs });
    return result;
  }

  /** Reads by id alone, as `pulumi import` does. */
  async imported(id = this.id): Promise<{ id: string; inputs: Props; outputs: Props }> {
    return this.provider.read(this.token, id);
  }

  async delete(timeout = 0): Promise<void> {
    await this.provider.delete(this.token, this.id, this.outputs, this.inputs, timeout);
  }
}
