import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Federation } from "../federation/federation";
import { apiClient } from "../regions/api-client";
import { gate } from "../regions/gate";
import { until, Wait } from "../regions/poll";
import { FederatedObject } from "./federated-object";
import { definedKinds } from "./manifests";
import { overrideRules, Part, stamped } from "./part";
import { copyingPolicy, overridePolicy, propagationPolicy } from "./policy";
import { missingKinds } from "./waiting";

/** What {@link federate} needs beside the objects. */
export interface Federating {
  readonly name: string;
  readonly federation: Pick<Federation, "provider" | "kubeconfig">;
  /** What has to be there, or done, before anything moves. */
  readonly before: pulumi.Input<pulumi.Resource[]>;
  readonly wait: Wait;
}

type Opts = pulumi.CustomResourceOptions & { readonly parent: pulumi.Resource };

/**
 * Writes an app's objects to the federation, in the only order in which no member ever runs more, or other, than it
 * should: overrides, definitions of kinds, policies, all else, and workloads last. A definition outlives the policies of its
 * kind's objects: Karmada lets go of a policy only when it can ask for all kinds that it names.
 */
export function federate(
  parts: readonly Part[],
  args: Federating,
  parent: pulumi.Resource,
): pulumi.Resource[] {
  const opts: Opts = { parent, provider: args.federation.provider };
  const overrides = parts
    .filter((part) => part.plan || overrideRules(part).length > 0)
    .map(
      (part) =>
        new k8s.apiextensions.CustomResource(`${part.name}-overrides`, overridePolicy(part), {
          ...opts,
          dependsOn: args.before,
        }),
    );
  const write = (some: readonly Part[], dependsOn: pulumi.Input<pulumi.Input<pulumi.Resource>[]>) =>
    some.map(
      (part) => new FederatedObject(resourceName(args.name, part), stamped(part), { ...opts, dependsOn }),
    );

  const definitions = parts.filter(({ object }) => definedKinds(object).length > 0);
  const kinds = definitions.flatMap(({ object }) => definedKinds(object).map(([kind]) => kind));
  const custom = parts.filter(({ object }) => kinds.includes(`${object.apiVersion} ${object.kind}`));
  const workloads = parts.filter(({ object }) => object.spec?.template || object.spec?.jobTemplate);
  const works = workloads.filter((part) => !custom.includes(part));
  const others = parts.filter((part) => ![...definitions, ...custom, ...works].includes(part));

  const defined = write(
    definitions,
    definitionsPolicy(args.name, definitions, following(opts, args.before, overrides)),
  );
  const rest = parts.filter((part) => !definitions.includes(part));
  const policies = policiesOf(args.name, rest, following(opts, args.before, [...overrides, ...defined]));
  const first = write(others, policies);
  const last = write(works, [...policies, ...first]);
  if (custom.length === 0) return [...defined, ...first, ...last];
  const members = [...custom[0].members];
  const served = gate(defined, args.federation.kubeconfig, (kubeconfig) =>
    until(args.wait, () => missingKinds(apiClient(kubeconfig), kinds, members)),
  );
  const own = write(
    custom,
    served.apply((all) => [...all, ...policies, ...first]),
  );
  return [...defined, ...first, ...last, ...own];
}

function following(opts: Opts, before: Federating["before"], more: readonly pulumi.Resource[]): Opts {
  return { ...opts, dependsOn: pulumi.output(before).apply((all) => [...all, ...more]) };
}

/** The policy of the kinds that an app brings along. */
function definitionsPolicy(name: string, definitions: readonly Part[], opts: Opts): pulumi.Resource[] {
  if (definitions.length === 0) return [];
  const policy = copyingPolicy(`${name}-definitions`, undefined, definitions);
  return [new k8s.apiextensions.CustomResource(`${name}-definitions-policy`, policy, opts)];
}

/** One policy for each workload with shares, one for all other objects in the namespace, one for those in none. */
function policiesOf(name: string, parts: readonly Part[], opts: Opts): pulumi.Resource[] {
  const make = (resource: string, policy: ReturnType<typeof propagationPolicy | typeof copyingPolicy>) =>
    new k8s.apiextensions.CustomResource(resource, policy, opts);
  const shared = parts.filter(({ plan }) => plan);
  const copied = parts.filter(({ plan }) => !plan);
  const inside = copied.filter(({ namespaced }) => namespaced);
  const outside = copied.filter(({ namespaced }) => !namespaced);
  return [
    ...shared.map((part) => make(`${part.name}-policy`, propagationPolicy(part))),
    ...(inside.length > 0
      ? [
          make(
            `${name}-objects-policy`,
            copyingPolicy(`${name}-objects`, inside[0].object.metadata.namespace, inside),
          ),
        ]
      : []),
    ...(outside.length > 0
      ? [make(`${name}-cluster-objects-policy`, copyingPolicy(`${name}-objects`, undefined, outside))]
      : []),
  ];
}

function resourceName(app: string, part: Part): string {
  return part.name === app ? `${app}-deployment` : part.name;
}
