import { startAnew } from "../../federation/take-credentials";
import type { ApiCall } from "../../regions/api-client";
import { useMocks } from "../mocks";
import { hostOf, threeMembers } from "./members";

jest.spyOn(console, "error").mockImplementation();

/** A host's Deployment of the controllers: a rollout of it is over after `looks` looks. */
function host(looks: number) {
  const calls: string[] = [];
  let generation = 1;
  let left = 0;
  let mark: string | undefined;
  const call: ApiCall = async (path, method = "GET", body: any) => {
    calls.push(`${method} ${path}`);
    if (method === "PATCH") {
      const next = JSON.stringify(body.spec.template.metadata.annotations);
      if (next !== mark) [generation, left, mark] = [generation + 1, looks, next];
      return { status: 200, body: {} };
    }
    const gone = left-- > 0;
    const count = gone ? 0 : 1;
    return {
      status: 200,
      body: {
        metadata: { generation },
        spec: { replicas: 1 },
        status: {
          observedGeneration: generation,
          replicas: count,
          updatedReplicas: count,
          availableReplicas: count,
        },
      },
    };
  };
  return { call, calls, generation: () => generation };
}

describe("credentials of a member that change", () => {
  test("start Karmada's controllers anew by a rollout, which is waited for", async () => {
    const { call, calls, generation } = host(2);
    await startAnew(call, "us-east", "0123456789abcdef");
    expect(generation()).toBe(2);
    const path = "/apis/apps/v1/namespaces/karmada-system/deployments/karmada-controller-manager";
    expect(calls).toEqual([
      `PATCH ${path}?fieldManager=federation-credentials`,
      ...Array(3).fill(`GET ${path}`),
    ]);
  });

  test("start nothing a second time, as in an up that goes on where another one ended", async () => {
    const { call, generation } = host(0);
    await startAnew(call, "us-east", "0123456789abcdef");
    await startAnew(call, "us-east", "0123456789abcdef");
    expect(generation()).toBe(2);
  });

  test("a host that refuses is named; controllers that do not come are told", async () => {
    const refusing: ApiCall = async () => ({ status: 403, body: { message: "forbidden" } });
    await expect(startAnew(refusing, "us-east", "a")).rejects.toThrow(/not started anew: 403 forbidden/);
    await expect(startAnew(host(9).call, "us-east", "a", 1)).rejects.toThrow(
      /new credentials of us-east: not done after 1 s: 0 of 1 run/,
    );
  });
});

describe("what takes them up", () => {
  /** The command of us-east, whose CA is as given. */
  async function commandOf(ca: string) {
    const rig = await useMocks();
    const pulumi = await import("@pulumi/pulumi");
    const { credentialsInUse } = await import("../../federation/credentials-in-use");
    const members = await threeMembers();
    const member = { ...members[1], caCertificate: pulumi.output(ca) };
    const access = { token: pulumi.secret("a token") } as any;
    const { kubeconfig: hostKubeconfig } = await hostOf(members[0]);
    const after = new pulumi.Stash("cluster", { input: "joined" });
    credentialsInUse("used", { member, access, hostKubeconfig, after: [after] }, {});
    await rig.settle();
    return rig.named("used");
  }

  test("notes the first ones without a word to anybody, runs on a change, and is after the join", async () => {
    const { inputs, dependencies } = await commandOf("CA");
    expect(inputs.create).toBe('echo "$CREDENTIALS_MARK"');
    expect(inputs.update).toContain("federation/take-credentials.ts");
    expect(inputs).not.toHaveProperty("triggers");
    expect(inputs).not.toHaveProperty("delete");
    expect(dependencies.some((urn) => urn.endsWith("::cluster"))).toBe(true);
  });

  test("is told of another CA by a mark that holds neither it nor the token", async () => {
    const [one, again, other] = [await commandOf("CA"), await commandOf("CA"), await commandOf("CA 2")];
    const markOf = ({ inputs }: typeof one): string => inputs.environment.CREDENTIALS_MARK;
    expect(markOf(one)).toMatch(/^[0-9a-f]{16}$/);
    expect(markOf(again)).toBe(markOf(one));
    expect(markOf(other)).not.toBe(markOf(one));
    expect(one.secrets).toEqual(["environment"]);
    expect(JSON.stringify(one.inputs)).not.toContain("a token");
  });
});
