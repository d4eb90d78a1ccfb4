import { functions } from "../../../../sandbox/providers/aws/functions";
import { specs } from "../../../../sandbox/providers/aws/types";
import { sdkFunction, sdkType } from "./sdk-schema";

// The installed @pulumi/aws is generated from upstream's schema: it is the authority for names here.
describe.each(Object.entries(specs))("%s", (token, spec) => {
  const sdk = sdkType(token);

  test("is a class of the SDK", () => {
    expect(sdk.token).toBe(token);
  });

  test("knows no input that upstream does not have", () => {
    expect(spec.inputs.filter((name) => !sdk.inputs.includes(name))).toEqual([]);
    expect(sdk.inputs.includes("tags")).toBe(spec.tags !== undefined || spec.inputs.includes("tags"));
    expect(sdk.inputs.includes("region")).toBe(!spec.global);
  });

  test("returns no output that upstream does not have", () => {
    const outputs = [...sdk.inputs, ...sdk.outputs];
    expect(spec.computed.filter((name) => !outputs.includes(name))).toEqual([]);
  });

  test("requires what upstream requires", () => {
    expect(sdk.required.filter((name) => !spec.required?.includes(name))).toEqual([]);
  });

  test("hides what upstream hides", () => {
    expect([...(spec.secrets ?? [])].sort()).toEqual(sdk.secretOutputs.sort());
  });

  test("lists are consistent", () => {
    const known = [...spec.inputs, ...spec.computed];
    const rules = (spec.replaceOn ?? []).map((rule) => rule.split(".")[0]);
    for (const name of [...(spec.filled ?? []), ...(spec.sets ?? []), ...(spec.json ?? []), ...rules])
      expect(known).toContain(name);
    expect(spec.inputs.filter((name) => spec.computed.includes(name))).toEqual([]);
    expect(new Set(spec.inputs).size).toBe(spec.inputs.length);
  });
});

test("functions are called as the SDK calls them", () => {
  const files = Object.keys(functions).map((token) => token.split(":")[1].replace(/^index\//, ""));
  expect(files.map(sdkFunction)).toEqual(Object.keys(functions));
});
