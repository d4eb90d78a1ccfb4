import { changeCorefile } from "../../../dns/coredns/forward";

const answer = (status: number, body: object = {}) => ({ status, body });
const configMap = (Corefile: string, resourceVersion = "1") =>
  answer(200, { metadata: { resourceVersion }, data: { Corefile } });

describe("a change of a cluster's Corefile", () => {
  test("is made on what was read, and again when somebody else was faster", async () => {
    const files = [configMap("old", "1"), configMap("newer", "2")];
    const written: object[] = [];
    const call = async (_: string, method = "GET", body?: object) => {
      if (method === "GET") return files[Math.min(written.length, 1)];
      written.push(body!);
      return written.length === 1 ? answer(409, { message: "changed meanwhile" }) : answer(200);
    };
    expect(await changeCorefile(call, (text) => `${text} and ours`)).toBe("newer and ours");
    expect(written).toEqual([
      { metadata: { resourceVersion: "1" }, data: { Corefile: "old and ours" } },
      { metadata: { resourceVersion: "2" }, data: { Corefile: "newer and ours" } },
    ]);
  });

  test("is none where nothing changes, and where there is no ConfigMap", async () => {
    const asked: string[] = [];
    const call =
      (body: ReturnType<typeof answer>) =>
      async (_: string, method = "GET") => {
        asked.push(method);
        return body;
      };
    expect(await changeCorefile(call(configMap("same")), (text) => text)).toBe("same");
    expect(await changeCorefile(call(answer(404)), (text) => `${text}!`)).toBeUndefined();
    expect(asked).toEqual(["GET", "GET"]);
  });

  test("that can't be made ends at once, with its reason", async () => {
    const refuse = () => {
      throw new Error("has a block already");
    };
    await expect(changeCorefile(async () => configMap("x"), refuse)).rejects.toThrow("has a block already");
  });
});
