import { readFileSync } from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";
import { clusterAnswers } from "./federation/members";
import { Answers, Computed, Recorded, useMocks } from "./mocks";

/** The config of Pulumi.dev.yaml, as the engine hands it over. */
export function devConfig(change: object = {}): Record<string, string> {
  const { config } = parse(readFileSync(path.join(__dirname, "../Pulumi.dev.yaml"), "utf8"));
  return Object.fromEntries(
    Object.entries({ ...config, ...change })
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => [key, typeof value === "string" ? value : JSON.stringify(value)]),
  );
}

/** Runs index.ts in the rig, with some keys of its config changed. The test mocks what waits and what asks AWS's SDK. */
export async function run(change: object = {}, computed: Computed = {}, answers: Answers = {}) {
  const rig = await useMocks({
    computed: {
      ...clusterAnswers,
      "aws:route53/zone:Zone": () => ({ zoneId: "Z", nameServers: ["ns.example"] }),
      ...computed,
    },
    answers,
  });
  const pulumi = await import("@pulumi/pulumi");
  pulumi.runtime.setAllConfig(devConfig(change));
  const { default: program } = await import("../index");
  const outputs: Record<string, any> = await program();
  await rig.settle();
  return { rig, outputs };
}

/** `aws Instance` for `aws:ec2/instance:Instance`. */
export function kindOf({ type }: Pick<Recorded, "type">): string {
  const [own, , kind] = type.split(":");
  return own === "pulumi" ? type : `${own} ${kind}`;
}

/** Outputs as plain values, however deep. */
export async function plain(outputs: object): Promise<any> {
  const pulumi = await import("@pulumi/pulumi");
  return new Promise((resolve) => pulumi.output(outputs).apply(resolve));
}
