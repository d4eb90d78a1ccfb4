import * as ec2 from "@aws-sdk/client-ec2";
import * as aws from "@pulumi/aws";
import { parseConfig } from "../../config";
import { ofKind } from "../../config/member-kinds";
import { checkQuotas } from "../../regions/quotas";
import { zonesOf } from "../../regions/zones";
import { engineOnAccount } from "../sandbox/providers/engine-on-account";
import { quiet } from "../sandbox/providers/engine-stack";

/** What of the member's config the next run differs in. */
let change: object = {};
/** What the last run's checks told; it is not passed on, since Jest takes the engine's word of it for a failure. */
let told: string;

/** The checks before the first create as index.ts makes them: by the real engine, our provider and an emulated account. */
async function program() {
  const provider = new aws.Provider("aws", { region: "us-west-2" });
  const config = parseConfig({
    domain: "k8s.example.com",
    host: "us-west",
    apiAccess: ["203.0.113.0/24"],
    members: { "us-west": { region: "us-west-2", ...change } },
  });
  try {
    const zones = await zonesOf(ofKind(config.members, "ec2"), { provider });
    await checkQuotas(config, zones, { provider });
    told = zones["us-west"].join();
  } catch (error) {
    told = (error as Error).message;
  }
}

const stage = engineOnAccount("federation", program);

async function checked(next: object): Promise<string> {
  change = next;
  await stage.engine.stack.preview(quiet);
  return told;
}

describe("the checks before the first create", () => {
  it("let a config through that the account can hold", async () => {
    expect(await checked({})).toBe("us-west-2a,us-west-2b");
  });

  it("tell of zones that offer no such instance, with those that do", async () => {
    const wrong = { zones: ["us-west-2a", "us-west-2g"], workers: { instanceType: "t3.large" } };
    expect(await checked(wrong)).toMatch(
      /members\.us-west\.zones: "us-west-2g" – .* t3\.medium and t3\.large; zones that do are us-west-2a, us-west-2b/,
    );
    expect(await checked({ workers: { instanceType: "t9.large" } })).toMatch(
      /members\.us-west\.region: "us-west-2" – none of its zones offers t3\.medium and t9\.large/,
    );
  });

  it("tell of every quota that is too small beside what others use", async () => {
    await stage.account.emulator.send("PUT", "/sandbox/quotas", { "us-west-2": { "L-1216C47A": 9 } });
    for (let i = 0; i < 3; i++)
      await stage.account.aws.ec2.send(new ec2.AllocateAddressCommand({ Domain: "vpc" }));
    const three = await checked({ controlPlane: { nodes: 3 } });
    expect(three).toMatch(/us-west-2: Elastic IPs: 3 more needed \(us-west 3\), 3 of 5 in use/);
    expect(three).toMatch(/us-west-2: vCPUs of .* 10 more needed \(us-west 10\), 0 of 9 in use/);
    expect(await checked({})).toBe("us-west-2a,us-west-2b");
  });
});
