/** `command:local:Command` and the function `command:local:run`. */

import { randomBytes } from "node:crypto";
import { Context, Props, ProviderDefinition, ResourceType, sdkVersion } from "../runtime";
import { Output, run } from "./run";

const localCommand: ResourceType = {
  replaceOn: ["triggers"],
  computed: ["stdout", "stderr"],
  // Another run prints something else: after a change nothing is known before it.
  stable: [],
  // What a command prints may contain what it was given.
  taintedOutputs: ["stdout", "stderr"],
  async create(inputs, ctx) {
    const output = await perhaps(inputs.create, inputs, ctx);
    return { id: ctx.name + randomBytes(4).toString("hex"), outputs: { ...inputs, ...output } };
  },
  async read(id, state, ctx) {
    return { id, outputs: state, inputs: ctx.oldInputs };
  },
  /** As upstream: any change runs `update`, or `create` again when there is none. */
  async update(_id, olds, news, ctx) {
    return { ...news, ...(await perhaps(news.update || news.create, news, ctx, olds)) };
  },
  /** The state's own script with its own environment: the program may be gone or changed. */
  async delete(_id, state, ctx) {
    await perhaps(state.delete, state, ctx, state);
  },
};

async function perhaps(
  command: string | undefined,
  inputs: Props,
  ctx: Context,
  previous?: Props,
): Promise<Output> {
  return command ? run(command, inputs, ctx, previous) : { stdout: "", stderr: "" };
}

export const command: ProviderDefinition = {
  name: "command",
  version: sdkVersion("command"),
  resource: (token) => (token === "command:local:Command" ? localCommand : undefined),
  functions: {
    "command:local:run": async (args, ctx) => ({ ...args, ...(await run(args.command, args, ctx)) }),
  },
};
