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
