import { silence } from "../../../dns/coredns/withdraw";

interface Voice {
  readonly member: string;
  replicas: number;
}

/** A host with an app's voices, whose pods go one look after they are told to. */
function host(voices: Voice[]) {
  const calls: string[] = [];
  let looks = 0;
  const call = async (path: string, method = "GET", body?: any) => {
    calls.push(`${method} ${decodeURIComponent(path)}`);
    const named = voices.find(({ member }) => path.includes(`/deployments/nginx-${member}`));
    if (method === "PATCH") {
      named!.replicas = body.spec.replicas;
      return { status: 200, body: {} };
    }
    if (path.includes("/deployments")) {
      const items = voices.map(({ member, replicas }) => ({
        metadata: {
          name: `nginx-${member}`,
          labels: { "federation/app": "nginx", "federation/member": member },
        },
        spec: { replicas },
      }));
      return { status: 200, body: { items } };
    }
    const left = looks++ === 0 ? [{ metadata: { name: "nginx-f-b-pod" } }] : [];
    return { status: 200, body: { items: left } };
  };
  return { call, calls };
}

describe("withdrawing members of an app from CoreDNS", () => {
  test("E7: silences those that lose their replicas and waits until their voices are gone", async () => {
    const voices = [
      { member: "f-a", replicas: 1 },
      { member: "f-b", replicas: 1 },
    ];
    const { call, calls } = host(voices);
    expect(await silence(call, "nginx", ["f-a"])).toEqual(["f-b"]);
    expect(voices.map(({ replicas }) => replicas)).toEqual([1, 0]);
    expect(calls.filter((each) => each.includes("/pods"))).toEqual(
      Array(2).fill(
        "GET /api/v1/namespaces/federation-dns/pods?labelSelector=federation/app=nginx,federation/member=f-b",
      ),
    );
  });

  test("has a voice speak again whose member kept its replicas, since the up that silenced it was not finished", async () => {
    const voices = [{ member: "f-a", replicas: 0 }];
    expect(await silence(host(voices).call, "nginx", ["f-a"])).toEqual([]);
    expect(voices[0].replicas).toBe(1);
  });

  test("touches nothing where members stay as they are", async () => {
    const { call, calls } = host([{ member: "f-a", replicas: 1 }]);
    expect(await silence(call, "nginx", ["f-a", "f-b"])).toEqual([]);
    expect(calls).toHaveLength(1);
  });

  test("an API that refuses is an error with what it says", async () => {
    const call = async () => ({ status: 403, body: { message: "forbidden" } });
    await expect(silence(call, "nginx", [])).rejects.toThrow(/403 forbidden/);
  });
});
