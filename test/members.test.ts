import { keepCrds } from "./federation/crd-files";
import { Recorded, Rig } from "./mocks";
import { devConfig, plain, run } from "./whole-program";

/** What was waited for, and regions that were asked what of their quotas is in use. */
const waits: string[] = [];
const askedRegions: string[] = [];
jest.mock("../regions/poll", () => ({ until: async ({ what }: { what: string }) => void waits.push(what) }));
jest.mock("../regions/usage", () => ({
  usageOf: async (region: string) => {
    askedRegions.push(region);
    return { there: [], vcpusOf: { "t3.medium": 2 } };
  },
}));
jest.mock("../dns/zone", () => ({ ...jest.requireActual("../dns/zone"), isDelegated: async () => false }));

keepCrds();

type Members = Record<string, object>;

const three: Members = JSON.parse(devConfig()["federation:members"]);
/** An app on every member, six replicas in equal shares. */
const hugo = {
  image: "hugo:1",
  replicas: 6,
  placement: { "*": { weight: 1 } },
  service: { port: 80 },
  dns: { name: "hugo" },
};

/** A run with these members; `silent` is a region in which nobody answers. */
async function stack(members: Members, silent?: string) {
  waits.length = 0;
  askedRegions.length = 0;
  const offerings = "aws:ec2/getInstanceTypeOfferings:getInstanceTypeOfferings";
  const parameter = "aws:ssm/getParameter:getParameter";
  const answering = (region: string) => {
    if (region === silent) throw new Error(`${region} was asked`);
    return region;
  };
  const made = await run(
    { "federation:members": members, "federation:apps": { hugo } },
    {
      // What the state keeps of a lost member.
      "pulumi:index:Stash": ({ inputs }) => ({
        output: inputs.input.lost ? { zones: ["us-east-2a", "us-east-2b"] } : inputs.input,
      }),
    },
    {
      [offerings]: ({ region }) => ({ locations: ["a", "b"].map((letter) => answering(region) + letter) }),
      [parameter]: ({ region }) => ({ insecureValue: `ami-of-${answering(region)}` }),
    },
  );
  return { ...made, waits: [...waits], askedRegions: [...askedRegions] };
}
type Stack = Awaited<ReturnType<typeof stack>>;

const key = ({ type, name }: Recorded) => `${type.split(":").pop()} ${name}`;
const inputsOf = (rig: Rig) =>
  new Map(rig.resources.map((each) => [key(each), JSON.stringify(each.inputs)] as const));

/** What differs between two runs, by kind and name. */
function difference({ rig: before }: Stack, { rig: after }: Stack) {
  const [was, is] = [inputsOf(before), inputsOf(after)];
  return {
    added: [...is.keys()].filter((each) => !was.has(each)),
    gone: [...was.keys()].filter((each) => !is.has(each)),
    changed: [...was.keys()].filter((each) => is.has(each) && was.get(each) !== is.get(each)).sort(),
  };
}

/** What all members share: who runs how much, and which records stand. */
const shared = [
  "Command hugo-withdrawal-records",
  "Deployment hugo-deployment",
  "PropagationPolicy hugo-policy",
  "Stash hugo-plan",
];
/** Last parts of the names of what is a member's outside of its own cluster's component. */
const joined = (member: string) => [
  ...["", "-access", "-credentials", "-credentials-in-use", "-impersonation", "-cluster"].map(
    (part) => `federation-${member}${part}`,
  ),
  ...["namespace", "account", "account-token", "impersonator", "impersonator-token", "role", "binding"].map(
    (part) => `federation-${member}-access-${part}`,
  ),
  `hugo-${member}-service`,
  `hugo-dns-${member}`,
  `hugo-dns-${member}-health`,
];
const names = (keys: readonly string[]) => keys.map((each) => each.split(" ")[1]).sort();

describe("members that come and go", () => {
  let of3: Stack, of4: Stack, of2: Stack, lost: Stack;
  const { "us-east": usEast, ...two } = three;
  beforeAll(async () => {
    of3 = await stack(three);
    of4 = await stack({ ...three, "eu-west": { region: "eu-west-1" } });
    of2 = await stack(two);
    lost = await stack({ ...three, "us-east": { ...usEast, lost: true } }, "us-east-2");
  }, 1_200_000);

  test("B5: a member that is added changes nothing of the others, but what is shared", () => {
    const { added, gone, changed } = difference(of3, of4);
    expect(gone).toEqual([]);
    expect(changed).toEqual(shared);
    const outside = names(added).filter((name) => name !== "eu-west" && !name.startsWith("eu-west-"));
    expect(outside.filter((name) => !name.startsWith("choices-eu-west-"))).toEqual(joined("eu-west").sort());
  });

  test("B4: a member that leaves takes what is its own along, and changes what is shared", async () => {
    const { added, gone, changed } = difference(of3, of2);
    expect(added).toEqual([]);
    expect(changed).toEqual(shared);
    const outside = names(gone).filter((name) => name !== "us-east" && !name.startsWith("us-east-"));
    expect(outside.filter((name) => !name.startsWith("choices-us-east-"))).toEqual(joined("us-east").sort());
    const { members } = await plain(of2.outputs);
    expect(Object.values(members).map((member: any) => member.replicas.hugo)).toEqual([3, 3]);
  });

  test("B4: it leaves in this order: record, replicas, then its membership and load balancer, then its cluster", () => {
    const { rig } = of3;
    const needs = (name: string, other: string) =>
      rig.needs(rig.named(name).urn).has(rig.named(other).urn) || `${name} does not need ${other}`;
    // Replicas move in the updates, when its record is gone; the engine deletes after all updates, what needs first.
    expect(needs("hugo-policy", "hugo-withdrawal-records")).toBe(true);
    expect(needs("hugo-deployment", "hugo-policy")).toBe(true);
    expect(needs("hugo-dns-us-east", "hugo-us-east-service")).toBe(true);
    expect(needs("federation-us-east-cluster", "federation-us-east-access-binding")).toBe(true);
    for (const last of ["federation-us-east-access-namespace", "hugo-us-east-service"])
      expect(needs(last, "us-east-drain")).toBe(true);
    expect(needs("us-east-drain", "us-east-control-plane-0")).toBe(true);
    expect(of2.rig.named("hugo-withdrawal-records").inputs.environment.WITHDRAW_KEEP).toBe(
      "ap-northeast,ap-northeast-1,us-west,us-west-2",
    );
  });

  test("E5: of a lost member nobody is asked and nothing is waited for", () => {
    expect(of3.askedRegions).toContain("us-east-2");
    expect(lost.askedRegions).not.toContain("us-east-2");
    expect(of3.waits.filter((what) => what.includes("us-east")).length).toBeGreaterThan(1);
    expect(lost.waits.filter((what) => what.includes("us-east"))).toEqual([]);
  });

  test("E5: its infrastructure stays registered, and the engine is to ignore every difference", () => {
    const own = ({ rig }: Stack) => rig.resources.filter(({ name }) => /^(choices-)?us-east(-|$)/.test(name));
    expect(own(lost).map(key).sort()).toEqual(own(of3).map(key).sort());
    const custom = own(lost).filter(({ custom, type }) => custom && !type.startsWith("pulumi:providers:"));
    expect(custom.length).toBeGreaterThan(40);
    expect(custom.filter(({ ignoreChanges }) => ignoreChanges[0] !== "*").map(key)).toEqual([]);
    const others = lost.rig.resources.filter(({ name }) => /^us-west-/.test(name));
    expect(others.filter(({ ignoreChanges }) => ignoreChanges.includes("*")).map(key)).toEqual([]);
  });

  test("E5: federation, apps and names go on without it: what was in its cluster is dropped, unreachable as it is", () => {
    const { gone, added, changed } = difference(of3, lost);
    expect(added).toEqual([]);
    expect(names(gone)).toEqual(joined("us-east").sort());
    expect(changed.filter((each) => !/ (choices-)?us-east-/.test(each))).toEqual(shared);
    const provider = lost.rig.named("us-east-kubernetes");
    expect(provider.inputs).toMatchObject({ deleteUnreachable: "true", skipUpdateUnreachable: "true" });
    const { kubeconfig, ...known } = of3.rig.named("us-east-kubernetes").inputs;
    expect(provider.inputs).toMatchObject({ kubeconfig, ...known });
    expect(lost.rig.named("hugo-plan").inputs.input).toEqual({ "us-west": 3, "ap-northeast": 3 });
  });

  test("E5: the outputs do not speak of it", async () => {
    const { members, records, kubeconfig } = await plain(lost.outputs);
    expect(Object.keys(members)).toEqual(["us-west", "ap-northeast"]);
    expect(records.hugo.map(({ setIdentifier }: any) => setIdentifier)).toEqual([
      "us-west-2",
      "ap-northeast-1",
    ]);
    expect(kubeconfig).not.toContain("us-east");
  });
});
