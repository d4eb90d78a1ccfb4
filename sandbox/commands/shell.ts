import { runInBox, stackOutputs } from "./in-box";
import { kubeconfigFile } from "./kubectl";

/** A shell in the box with the account's keys, the trust store and the stack's kubeconfig; or one command. */
export async function shell(args: readonly string[]): Promise<void> {
  // Before the first `up` there is no kubeconfig yet; the shell is of use all the same.
  const env = stackOutputs().kubeconfig ? { KUBECONFIG: kubeconfigFile() } : {};
  const answer = await runInBox(args.length ? args : [process.env.SHELL ?? "/bin/sh"], { env });
  process.exitCode = answer.code;
}
