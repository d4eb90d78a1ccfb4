import { isDelegated } from "../../dns/zone";
import { useMocks } from "../mocks";

const servers = ["ns-1.awsdns-01.org", "ns-2.awsdns-02.com"];

describe("A1: whether the parent sends the world to the zone", () => {
  test("it does when one of the zone's name servers is named, whatever the spelling", async () => {
    await useMocks({ preview: true });
    expect(await isDelegated("k8s.example.com", servers, async () => ["NS-2.AWSDNS-02.com."])).toBe(true);
  });

  test("it does not when another's are named, or nobody knows the domain; a preview waits for neither", async () => {
    await useMocks({ preview: true });
    expect(await isDelegated("k8s.example.com", servers, async () => ["ns.elsewhere.net"])).toBe(false);
    const unknown = async () => Promise.reject(new Error("queryNs ENOTFOUND"));
    expect(await isDelegated("k8s.example.com", servers, unknown)).toBe(false);
  });

  test("an up looks again: a zone made a moment ago is not served everywhere", async () => {
    await useMocks({ preview: false });
    const answers = [[], ["ns-1.awsdns-01.org"]];
    expect(await isDelegated("k8s.example.com", servers, async () => answers.shift() ?? [])).toBe(true);
  });
});
