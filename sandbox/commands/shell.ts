import * as fs from "fs";
import * as path from "path";
import { place } from "../box/place";
import { runInBox } from "./in-box";
import { kubeconfigFile } from "./kubectl";

/** A shell in the box with the account's keys, the trust store and the stack's kubeconfig; or one command. */
export async function shell(args: readonly string[]): Promise<void> {
  const kubeconfig = path.join(place().dir, "kubeconfig");
  if (!fs.existsSync(kubeconfig)) await kubeconfigFile().catch((error: Error) => console.error(`no kubeconfig yet: ${error.message}`));
  const answer = await runInBox(args.length ? args : [process.env.SHELL ?? "/bin/sh"], { env: { KUBECONFIG: kubeconfig } });
  process.exitCode = answer.code;
}
