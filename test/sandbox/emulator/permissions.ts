import * as iam from "@aws-sdk/client-iam";
import type { Clients, Emulator, Keys } from "./emulator";
import { nodeRole } from "./nodes";
import type { Stage } from "./stage";

/** A statement of a policy; it allows unless it says otherwise. */
export type Statement = Record<string, unknown>;

/** A policy's text. */
export const document = (statements: readonly Statement[]): string =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: statements.map((one) => ({ Effect: "Allow", ...one })),
  });

/** Give a role its only inline policy, in place of the one before. */
export async function grant(c: Clients, role: string, statements: readonly Statement[]): Promise<void> {
  const PolicyDocument = document(statements);
  await c.iam.send(new iam.PutRolePolicyCommand({ RoleName: role, PolicyName: "inline", PolicyDocument }));
}

/** Take it away again; a role that has policies cannot be deleted. */
export async function ungrant(c: Clients, role: string): Promise<void> {
  await c.iam.send(new iam.DeleteRolePolicyCommand({ RoleName: role, PolicyName: "inline" }));
}

/** An instance that has a role through the profile of the same name. */
export function runAs(stage: Stage, role: string): Promise<string> {
  return stage.run({ SubnetId: stage.net.subnets[0], IamInstanceProfile: { Name: role } });
}

/** An instance's credentials, as its metadata service gets them, and when they end. */
export async function keysOf(
  emulator: Emulator,
  role: string,
  session: string,
): Promise<Keys & { until: string }> {
  const issued = await emulator.send("POST", "/sandbox/credentials", { role, session });
  return {
    accessKeyId: issued.AccessKeyId,
    secretAccessKey: issued.SecretAccessKey,
    sessionToken: issued.Token,
    until: issued.Expiration,
  };
}

/** A running node of a new role, without permissions unless given: its id, its name in refusals, its clients. */
export async function node(stage: Stage, role: string, statements?: readonly Statement[]) {
  await nodeRole(stage.c, role);
  if (statements) await grant(stage.c, role, statements);
  const instance = await runAs(stage, role);
  const keys = await keysOf(stage.emulator, role, instance);
  return {
    instance,
    arn: `arn:aws:sts::123456789012:assumed-role/${role}/${instance}`,
    as: stage.emulator.clients("us-west-2", keys),
  };
}

/** What a refused call's error says. */
export async function refusal(call: Promise<unknown>) {
  const error = await call.then(
    () => new Error("was not refused"),
    (reason: Error & { $metadata?: { httpStatusCode?: number } }) => reason,
  );
  const status = "$metadata" in error ? error.$metadata?.httpStatusCode : undefined;
  return { name: error.name, status, message: error.message };
}
