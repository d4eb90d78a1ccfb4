import { readFileSync } from "fs";
import { parse, stringify } from "yaml";

/**
 * The name of the context that somebody means by `us-west` or `aws-fed`: the one of that very name, else the one of the member
 * of that name (`us-west.k8s.example.com`).
 *
 * @throws with the contexts that there are.
 */
export function contextName(kubeconfig: string, who: string): string {
  const names: string[] = (parse(kubeconfig).contexts ?? []).map(({ name }: { name: string }) => name);
  const context = names.find((name) => name === who) ?? names.find((name) => name.startsWith(`${who}.`));
  if (!context) throw new Error(`the kubeconfig has no context of ${who}; it has ${names.join(", ")}`);
  return context;
}

/** The kubeconfig with that context as its current one. */
export function contextOf(kubeconfig: string, who: string): string {
  return stringify({ ...parse(kubeconfig), "current-context": contextName(kubeconfig, who) });
}

/**
 * The kubeconfig that KUBECONFIG names, with that context as its current one.
 *
 * @param remedy what to do where it names none; ends the error's sentence.
 */
export function givenContext(who: string, remedy: string): string {
  const file = process.env.KUBECONFIG;
  if (!file) throw new Error(`KUBECONFIG names no file${remedy}`);
  return contextOf(readFileSync(file, "utf8"), who);
}
