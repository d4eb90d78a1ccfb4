import { foreignNamespace } from "../../federation/namespace";

const call = (status: number, annotations?: object) => async (path: string) => {
  expect(path).toBe("/api/v1/namespaces/shop");
  return { status, body: status === 200 ? { metadata: { annotations } } : { message: "said so" } };
};
const faultOf = (status: number, annotations?: object) =>
  foreignNamespace(call(status, annotations), "shop", "federation/dev");

describe("a namespace at a member", () => {
  test("is free when there is none, or the stack has made it", async () => {
    expect(await faultOf(404)).toBeUndefined();
    expect(await faultOf(200, { "federation/stack": "federation/dev" })).toBeUndefined();
  });

  test("D3: is refused when it was there before, or is another stack's", async () => {
    expect(await faultOf(200)).toMatch(/^has a namespace shop already, that this stack has not made$/);
    expect(await faultOf(200, { "federation/stack": "federation/prod" })).toMatch(
      /of stack federation\/prod/,
    );
  });

  test("is asked for again when the API does not say", async () => {
    await expect(faultOf(503)).rejects.toThrow("answers 503: said so");
  });
});
