import type { CheckFailure, Props } from "../runtime/types";
import type { Spec } from "./resource";
import { settings } from "./settings";
import { isSet } from "./shapes";

/** What is wrong with a resource's inputs, beyond missing required ones. */
export function checkSpec(spec: Spec, inputs: Props): CheckFailure[] {
  const understood = new Set([
    ...spec.inputs,
    ...(spec.tags ? ["tags"] : []),
    ...(spec.global ? [] : ["region"]),
  ]);
  const unknown = Object.keys(inputs).filter((name) => !understood.has(name) && isSet(inputs[name]));
  const given = (group: string[]) => group.filter((name) => isSet(inputs[name]));
  return [
    ...unknown.map((property) => ({
      property,
      reason: `the sandbox's aws provider does not do ${property}; leave it out or teach it in sandbox/providers/aws`,
    })),
    ...(spec.exactlyOne ?? [])
      .filter((group) => given(group).length !== 1)
      .map((group) => ({
        property: given(group)[1] ?? group[0],
        reason: `exactly one of ${group.join(", ")} must be given, not ${given(group).length}`,
      })),
    ...(spec.conflicts ?? [])
      .filter((group) => given(group).length > 1)
      .map((group) => ({
        property: given(group)[1],
        reason: `${given(group).join(" and ")} exclude each other`,
      })),
    ...(spec.validate?.(inputs) ?? []),
  ];
}

/** Region names neither by the resource nor by the provider. */
export function regionFailure(spec: Spec, inputs: Props): CheckFailure[] {
  if (spec.global || inputs.region || settings.region) return [];
  return [
    { property: "region", reason: "no region: say it on the resource, on the provider or in AWS_REGION" },
  ];
}
