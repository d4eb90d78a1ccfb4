import * as path from "path";
import { LocalWorkspace, OutputMap, Stack } from "@pulumi/pulumi/automation";

/**
 * A stack of this project, by the Pulumi CLI of the PATH and the backend that it is logged in to.
 *
 * @throws when there is no CLI or no such stack.
 */
export async function stackNamed(stackName: string): Promise<Stack> {
  try {
    return await LocalWorkspace.selectStack({ stackName, workDir: path.resolve(__dirname, "..") });
  } catch (error) {
    if (!/ENOENT/.test((error as Error).message)) throw error;
    throw new Error("there is no pulumi on the PATH; install it: https://www.pulumi.com/docs/install", {
      cause: error,
    });
  }
}

/** Outputs as plain values, secret ones in the clear: for use, not for show. */
export function plainOutputs(outputs: OutputMap): Record<string, unknown> {
  return Object.fromEntries(Object.entries(outputs).map(([name, { value }]) => [name, value as unknown]));
}
