import type { FederationArgs } from "../../federation/federation";
import { Rig, useMocks } from "../mocks";
import { clusterAnswers } from "./members";

/** A federation under mocks, all of its resources settled; `who` is asked for when the mocks are there. */
export async function buildFederation(
  who: () => Promise<Pick<FederationArgs, "host" | "members">>,
  change: Partial<FederationArgs> = {},
) {
  const rig: Rig = await useMocks({ computed: clusterAnswers });
  const command = await import("@pulumi/command");
  const tls = await import("@pulumi/tls");
  const { Federation } = await import("../../federation/federation");
  const federation = new Federation(
    "federation",
    {
      ...(await who()),
      apiAccess: ["198.51.100.0/24"],
      certificates: { validity: 8760, renewal: 720 },
      ...change,
    },
    { providers: [new tls.Provider("tls"), new command.Provider("command")] },
  );
  await rig.settle();
  return { rig, federation };
}
