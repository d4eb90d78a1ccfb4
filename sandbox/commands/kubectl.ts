import * as fs from "fs";
import * as path from "path";
import { contextName } from "../../operate/contexts";
import { place } from "../box/place";
import { prepared } from "../prepare";
import { runInBox, stackOutputs } from "./in-box";

/** `kubectl MEMBER|aws-fed ARGS…`: with the context of that member (`<member>.<domain>`) or of the federation. */
export async function kubectl(args: readonly string[]): Promise<void> {
  const [who, ...rest] = args;
  if (!who) throw new Error("kubectl of which member? npm run sandbox -- kubectl us-west get nodes");
  const file = kubeconfigFile();
  const context = contextName(fs.readFileSync(file, "utf8"), who);
  const answer = await runInBox([path.join(prepared().bin, "kubectl"), "--kubeconfig", file, "--context", context, ...rest]);
  process.exitCode = answer.code;
}

/** The merged kubeconfig of the stack's outputs as a file of root's own. */
export function kubeconfigFile(): string {
  const { kubeconfig } = stackOutputs();
  if (kubeconfig === undefined) throw new Error("the stack has no kubeconfig output; was it brought up? (npm start)");
  const file = path.join(place().dir, "kubeconfig");
  fs.writeFileSync(file, kubeconfig, { mode: 0o600 });
  return file;
}
