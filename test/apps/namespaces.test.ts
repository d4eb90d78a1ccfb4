import { clusterAnswers, threeMembers } from "../federation/members";
import { useMocks } from "../mocks";

/** What members were asked. */
const mockAsked: string[] = [];
jest.mock("../../regions/poll", () => ({
  ...jest.requireActual("../../regions/poll"),
  until: async ({ what }: { what: string }) => void mockAsked.push(what),
}));

test("A13: two apps in one namespace share it, and one of them may say that members have it already", async () => {
  const rig = await useMocks({ computed: clusterAnswers });
  const pulumi = await import("@pulumi/pulumi");
  const k8s = await import("@pulumi/kubernetes");
  const { namespacesOf } = await import("../../apps/namespaces");
  const members = await threeMembers();
  const provider = new k8s.Provider("karmada", { kubeconfig: "karmada", clusterIdentifier: "karmada" });
  const federation = { members, provider, ready: pulumi.output([]) } as any;
  const namespaces = namespacesOf(
    {
      shop: { namespace: "web", adopt: false },
      blog: { namespace: "web", adopt: true },
      nginx: { namespace: "default", adopt: false },
      plain: { namespace: "own", adopt: false },
    },
    federation,
  );
  await rig.settle();
  expect(Object.keys(namespaces)).toEqual(["web", "default", "own"]);
  const made = rig.ofType("kubernetes:core/v1:Namespace");
  expect(made.map(({ name, retainOnDelete }) => [name, retainOnDelete])).toEqual(
    expect.arrayContaining([
      ["namespace-web-federation", false],
      ["namespace-web-us-west", true],
      ["namespace-web-us-east", true],
      ["namespace-web-ap-northeast", true],
    ]),
  );
  expect(made).toHaveLength(8);
  // Everybody has `default`, and whose an adopted one is does not matter.
  expect(mockAsked.sort()).toEqual(
    ["ap-northeast", "us-east", "us-west"].map((member) => `namespace own of member ${member}`),
  );
}, 60_000);
