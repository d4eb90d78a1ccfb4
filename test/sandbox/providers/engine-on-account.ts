import type { PulumiFn } from "@pulumi/pulumi/automation";
import { Account } from "./aws/account";
import { engineStack, type EngineStack } from "./engine-stack";

/** What a suite has between its `beforeAll` and its `afterAll`. */
export interface Stage {
  account: Account;
  engine: EngineStack;
}

/** The real engine with our providers on an emulated account, for the suite that calls it; there from its first hook on. */
export function engineOnAccount(project: string, program: PulumiFn): Stage {
  const stage = {} as Stage;
  beforeAll(async () => {
    stage.account = await Account.open();
    stage.engine = await engineStack(project, program);
  });
  afterAll(async () => {
    await stage.account?.close();
    stage.engine?.remove();
  });
  return stage;
}
