import {
  InitError,
  Props,
  ProviderDefinition,
  ResourceType,
  secret,
  UNKNOWN,
} from "../../../../sandbox/providers/runtime";
import { afterGrace } from "../../../../sandbox/providers/runtime/cancel";
import { Harness, initFailureOf } from "./harness";
import { definition, THING } from "./thing";

jest.setTimeout(60_000);
const open: Harness[] = [];
const start = async (
  type: Partial<ResourceType> = {},
  more: Partial<ProviderDefinition> = {},
  config: Props = {},
) => {
  const harness = await Harness.of(definition(type, more), config);
  open.push(harness);
  return harness;
};
afterEach(() => open.splice(0).forEach((harness) => harness.stop()));

describe("secrets", () => {
  test("a secret input arrives plain and is secret again in checked inputs and outputs, also nested", async () => {
    let seen: Props = {};
    const provider = await start({
      create: async (inputs) => {
        seen = inputs;
        return { id: "x", outputs: { ...inputs } };
      },
    });
    const inputs = { password: secret("p"), open: "o", deep: { list: [{ key: secret("k"), name: "n" }] } };
    const checked = await provider.check(THING, inputs);
    expect(checked.secrets).toEqual(["deep.list.0.key", "password"]);
    const made = await provider.create(THING, inputs);
    expect(seen).toEqual({ password: "p", open: "o", deep: { list: [{ key: "k", name: "n" }] } });
    expect(made.secrets.sort()).toEqual(["deep.list.0.key", "password"]);
    expect(made.outputs).toEqual(seen);
  });

  test("a list whose items moved becomes secret as a whole", async () => {
    const provider = await start({
      create: async ({ list }) => ({ id: "x", outputs: { list: [...list].reverse(), other: 1 } }),
    });
    const made = await provider.create(THING, { list: [secret("s"), "open"] });
    expect(made.secrets).toEqual(["list"]);
  });

  test("outputs are secret by their type, or by what they were made of", async () => {
    const provider = await start({ secretOutputs: ["arn"], taintedOutputs: ["size"] });
    expect((await provider.create(THING, { a: "open" })).secrets).toEqual(["arn"]);
    expect((await provider.create(THING, { a: secret("s") })).secrets.sort()).toEqual(["a", "arn", "size"]);
  });

  test("what was secret in the state stays so when it is read, and in an update", async () => {
    const provider = await start();
    const updated = await provider.update(THING, "x", { a: "1" }, { a: secret("2") });
    expect(updated.secrets).toEqual(["a"]);
  });

  test("a function with a secret argument answers in secrets", async () => {
    const provider = await start({}, { functions: { "test:index:get": async ({ a }) => ({ b: a }) } });
    const { InvokeRequest } = await import("@pulumi/pulumi/proto/provider_pb");
    const { encode, decode } = await import("../../../../sandbox/providers/runtime/values");
    const request = new InvokeRequest();
    request.setTok("test:index:get");
    request.setArgs(encode({ a: secret("s") }));
    const response = await provider.call<any>("invoke", request);
    expect(decode(response.getReturn())).toEqual({ props: { b: "s" }, secrets: [["b"]] });
  });
});

describe("previews", () => {
  test("a create never reaches the provider: inputs are known, computed outputs are not", async () => {
    const create = jest.fn();
    const provider = await start({ create });
    const made = await provider.create(THING, { a: "1", b: UNKNOWN }, true);
    expect(made).toEqual({
      id: "",
      outputs: { a: "1", b: UNKNOWN, arn: UNKNOWN, size: UNKNOWN },
      secrets: [],
    });
    expect(create).not.toHaveBeenCalled();
  });

  test("an update keeps the stable outputs known", async () => {
    const state = { a: "1", arn: "arn:1", size: 1 };
    const all = await start();
    expect((await all.update(THING, "x", state, { a: "2" }, true)).outputs).toEqual({
      a: "2",
      arn: "arn:1",
      size: 1,
    });
    const some = await start({ stable: ["arn"] });
    expect((await some.update(THING, "x", state, { a: "2" }, true)).outputs).toEqual({
      a: "2",
      arn: "arn:1",
      size: UNKNOWN,
    });
  });

  test("a type's own plan says more", async () => {
    const provider = await start({ plan: async (inputs) => ({ ...inputs, arn: `arn:${inputs.a}` }) });
    expect((await provider.create(THING, { a: "1" }, true)).outputs).toEqual({
      a: "1",
      arn: "arn:1",
      size: UNKNOWN,
    });
  });
});

describe("diffs", () => {
  test("say path and kind, and what replaces", async () => {
    const provider = await start({ replaceOn: ["name", "rules.port"], deleteBeforeReplace: true });
    const olds = { name: "n", tags: { "a.b/c": "1", gone: "x" }, rules: [{ port: 1, note: "a" }] };
    const news = { name: "n", tags: { "a.b/c": "2" }, rules: [{ port: 2, note: "a" }], extra: true };
    const diff = await provider.diff(THING, olds, news);
    expect(diff.details).toEqual({
      'tags["a.b/c"]': "UPDATE",
      "tags.gone": "DELETE",
      "rules[0].port": "UPDATE_REPLACE",
      extra: "ADD",
    });
    expect(diff).toMatchObject({
      changes: "DIFF_SOME",
      replaces: ["rules[0].port"],
      deleteBeforeReplace: true,
    });
  });

  test("a block that appears replaces only if it holds what the rule names", async () => {
    const provider = await start({ replaceOn: ["block.fixed"] });
    expect((await provider.diff(THING, {}, { block: { free: 1 } })).replaces).toEqual([]);
    expect((await provider.diff(THING, {}, { block: { fixed: 1 } })).replaces).toEqual(["block"]);
  });

  test("null and absent are the same, an unknown is a change, ignored paths are none", async () => {
    const provider = await start();
    expect((await provider.diff(THING, { a: null, b: 1 }, { b: 1 })).changes).toBe("DIFF_NONE");
    expect((await provider.diff(THING, { b: 1 }, { b: UNKNOWN })).details).toEqual({ b: "UPDATE" });
    const ignored = await provider.diff(
      THING,
      { l: [{ x: 1, y: 1 }], m: 1 },
      { l: [{ x: 2, y: 2 }], m: 2 },
      {},
      ["l[*].x", "m"],
    );
    expect(ignored.details).toEqual({ "l[0].y": "UPDATE" });
  });

  test("a type without an update is replaced for anything", async () => {
    const provider = await start({ update: undefined });
    expect((await provider.diff(THING, { a: 1 }, { a: 2 })).replaces).toEqual(["a"]);
  });
});

describe("checks", () => {
  test("a missing input is named, an unknown one counts as given", async () => {
    const provider = await start({ required: ["a", "b"] });
    const { failures } = await provider.check(THING, { a: UNKNOWN });
    expect(failures).toEqual([{ property: "b", reason: "missing required property 'b'" }]);
  });

  test("an unknown resource type says whose it is", async () => {
    const provider = await start();
    await expect(provider.check("test:index:Other", {})).rejects.toThrow(
      /test provider has no resource type test:index:Other/,
    );
  });
});

describe("failures", () => {
  test("an object that exists but is not ready is kept with its outputs, secrets hidden", async () => {
    const outputs = { a: "s", big: "x".repeat(30_000) };
    const provider = await start({
      create: async () => {
        throw new InitError("id-9", outputs, ["first", "second"]);
      },
    });
    const error = await provider.create(THING, { a: secret("s") }).catch((thrown) => thrown);
    const detail = initFailureOf(error)!;
    expect([detail.getId(), detail.getReasonsList()]).toEqual(["id-9", ["first", "second"]]);
    const { decode } = await import("../../../../sandbox/providers/runtime/values");
    expect(decode(detail.getProperties())).toEqual({ props: outputs, secrets: [["a"]] });
  });

  test("an error is passed on with its cause, and the engine may trust that nothing is left", async () => {
    const provider = await start({
      create: async () => {
        throw new Error("no", { cause: new Error("because") });
      },
    });
    await expect(provider.create(THING, {})).rejects.toMatchObject({ code: 9, details: "no: because" });
  });

  test("what was cut off may be there: the engine keeps it in mind", async () => {
    const provider = await start({
      create: async () => {
        throw new Error("ec2:CreateVpc", { cause: new DOMException("aborted", "AbortError") });
      },
    });
    await expect(provider.create(THING, {})).rejects.toMatchObject({ code: 2 });
  });

  test("a cancel ends waits at once, and lets a request under way finish", () => {
    jest.useFakeTimers();
    try {
      const stop = new AbortController();
      const late = afterGrace(stop.signal);
      expect(afterGrace(stop.signal)).toBe(late);
      stop.abort();
      jest.advanceTimersByTime(9_000);
      expect(late.aborted).toBe(false);
      jest.advanceTimersByTime(2_000);
      expect(late.aborted).toBe(true);
    } finally {
      jest.useRealTimers();
    }
  });

  test("a cancel ends what is under way", async () => {
    let begun = () => undefined as void;
    const creating = new Promise<void>((resolve) => (begun = resolve));
    const provider = await start({
      create: (_inputs, ctx) =>
        new Promise((_, reject) => {
          ctx.signal.addEventListener("abort", () => reject(ctx.signal.reason));
          begun();
        }),
    });
    const { Empty } = await import("google-protobuf/google/protobuf/empty_pb");
    const call = provider.create(THING, {});
    const ended = expect(call).rejects.toThrow(/cancelled by the engine/);
    await creating;
    await provider.call("cancel", new Empty());
    await ended;
  });
});

describe("reading", () => {
  test("what is gone has no id", async () => {
    const provider = await start({ read: async () => undefined });
    expect((await provider.read(THING, "x", { a: 1 }, { a: 1 })).id).toBe("");
  });

  test("inputs follow the live object, but only where the program set something", async () => {
    const live = { a: 2, nested: { kept: 1, cloudDefault: 5 }, arn: "arn:1", other: true };
    const provider = await start({ read: async (id) => ({ id, outputs: live }) });
    const read = await provider.read(THING, "x", {}, { a: 1, nested: { kept: 1 }, gone: 1 });
    expect(read.inputs).toEqual({ a: 2, nested: { kept: 1 } });
  });

  test("an import takes everything that is not computed", async () => {
    const provider = await start({ read: async (id) => ({ id, outputs: { a: 2, arn: "arn:1" } }) });
    expect((await provider.read(THING, "x")).inputs).toEqual({ a: 2 });
  });
});

test("configuration that the SDK sends as JSON text is parsed", async () => {
  let seen: Props = {};
  await start(
    {},
    { jsonConfig: ["tags", "flag"], configure: async (config) => void (seen = config) },
    { tags: '{"a":"b"}', flag: "true", text: "{}" },
  );
  expect(seen).toEqual({ tags: { a: "b" }, flag: true, text: "{}" });
});
