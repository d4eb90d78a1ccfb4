import type { Instance } from "@aws-sdk/client-ec2";
import { unless } from "./errors";
import type { Call } from "./resource";
import { untilState } from "./wait";

export const NO_INSTANCE = ["InvalidInstanceID.NotFound"];

export async function findInstance({ ec2 }: Pick<Call, "ec2">, id: string): Promise<Instance | undefined> {
  const found = await unless(NO_INSTANCE, () => ec2.describeInstances({ InstanceIds: [id] }));
  return found?.Reservations?.[0]?.Instances?.[0];
}

/** State of an instance; one that AWS no longer knows is `terminated`. */
export async function instanceState(call: Pick<Call, "ec2">, id: string): Promise<string> {
  return (await findInstance(call, id))?.State?.Name ?? "terminated";
}

/** Waits for one of `wanted`; a terminated instance, where none was wanted, is an error that carries AWS's reason. */
export async function waitForInstance(
  call: Call,
  id: string,
  wanted: string[],
  seconds: number,
): Promise<void> {
  const all = ["pending", "running", "shutting-down", "stopping", "stopped"];
  try {
    const pending = all.filter((state) => !wanted.includes(state));
    await untilState(`instance ${id}`, seconds, call.signal, wanted, pending, () => instanceState(call, id));
  } catch (error) {
    const reason = (await findInstance(call, id).catch(() => undefined))?.StateReason?.Message;
    if (reason && error instanceof Error) error.message += `: ${reason}`;
    throw error;
  }
}

export async function stopInstance(call: Call, id: string, seconds: number): Promise<void> {
  await call.ec2.stopInstances({ InstanceIds: [id] });
  await waitForInstance(call, id, ["stopped"], seconds);
}

export async function startInstance(call: Call, id: string, seconds: number): Promise<void> {
  await call.ec2.startInstances({ InstanceIds: [id] });
  await waitForInstance(call, id, ["running"], seconds);
}
