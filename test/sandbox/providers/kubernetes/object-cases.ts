/** What the provider does with objects. */

import { kubernetes } from "../../../../sandbox/providers/kubernetes/provider";
import { Harness } from "../runtime/harness";
import { Bench, CONFIG_MAP, SERVICE, CRD, configMap } from "./bench";

/** Seconds after which the provider gives up. */
const within = (timeout: number) => ({ kubeClientSettings: JSON.stringify({ timeout }) });

export function objectCases(bench: Bench): void {
  test("an object is created, updated without what was left out, read, deleted", async () => {
    const made = await bench.create(CONFIG_MAP, configMap("plain", { a: "1", b: "2" }));
    expect(made.id).toBe("default/plain");
    expect(made.outputs.metadata.uid).toBeDefined();
    expect(made.outputs.metadata.managedFields).toBeUndefined();
    expect((await bench.provider.diff(CONFIG_MAP, made.inputs, made.inputs, made.outputs)).changes).toBe(
      "DIFF_NONE",
    );
    const news = { ...made.inputs, data: { a: "3" } };
    const updated = await bench.provider.update(CONFIG_MAP, made.id, made.outputs, news, false, made.inputs);
    expect(updated.outputs.data).toEqual({ a: "3" });
    const live = await bench.provider.read(CONFIG_MAP, made.id, updated.outputs, news);
    expect(live.inputs).toEqual(news);
    await bench.provider.delete(CONFIG_MAP, made.id, updated.outputs, news);
    expect((await bench.provider.read(CONFIG_MAP, made.id, updated.outputs, news)).id).toBe("");
    await bench.provider.delete(CONFIG_MAP, made.id, updated.outputs, news); // gone already
  });

  test("without a name one is made, kept by the next check, the same in preview and update", async () => {
    const unnamed = { apiVersion: "v1", kind: "ConfigMap", data: {} };
    const first = await bench.provider.check(CONFIG_MAP, unnamed);
    expect(first.inputs.metadata.name).toMatch(/^thing-[0-9a-f]{8}$/);
    expect((await bench.provider.check(CONFIG_MAP, unnamed)).inputs).toEqual(first.inputs);
    expect((await bench.provider.check(CONFIG_MAP, unnamed, first.inputs)).inputs).toEqual(first.inputs);
  });

  test("an import's inputs make no difference with themselves", async () => {
    const made = await bench.create(CONFIG_MAP, configMap("imported", { a: "1" }));
    const found = await bench.provider.read(CONFIG_MAP, made.id);
    expect(found.inputs).toEqual(made.inputs);
    await bench.provider.delete(CONFIG_MAP, made.id, found.outputs);
  });

  test("the preview asks the API server: what it refuses fails there, what it adds is known", async () => {
    const inputs = {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "planned", namespace: "default" },
      spec: { ports: [{ port: 80 }] },
    };
    const planned = await bench.provider.create(SERVICE, inputs, true);
    expect(planned.outputs.spec.clusterIP).toMatch(/^10\.0\.0\./);
    const wrong = { ...inputs, spec: { ports: [{ port: 99999 }] } };
    await expect(bench.provider.create(SERVICE, wrong, true)).rejects.toThrow(/spec\.ports\[0\]\.port/);
    const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
    const half = await bench.provider.create(
      SERVICE,
      { ...inputs, metadata: { name: "planned", labels: { a: unknown } } },
      true,
    );
    expect(half.outputs.metadata).toEqual({ name: "planned", labels: { a: unknown } });
    expect(half.outputs.status).toBe(unknown);
  });

  test("a field of another manager is a conflict that names it, and patchForce takes it over", async () => {
    const other = await Harness.of(kubernetes(), { kubeconfig: bench.server.kubeconfig });
    const theirs = configMap(
      "shared",
      { key: "theirs" },
      { annotations: { "pulumi.com/patchFieldManager": "somebody" } },
    );
    await other.create(CONFIG_MAP, (await other.check(CONFIG_MAP, theirs)).inputs);
    const ours = (await bench.provider.check(CONFIG_MAP, configMap("shared", { key: "ours" }))).inputs;
    await expect(bench.provider.create(CONFIG_MAP, ours)).rejects.toThrow(
      /default\/shared.*conflict.*"somebody".*\.data\.key/s,
    );
    const forced = {
      ...ours,
      metadata: { ...ours.metadata, annotations: { "pulumi.com/patchForce": "true" } },
    };
    expect((await bench.provider.create(CONFIG_MAP, forced)).outputs.data).toEqual({ key: "ours" });
    other.stop();
  });

  test("a definition and an object of it come in one run, in any order", async () => {
    const names = { plural: "widgets", singular: "widget", kind: "Widget" };
    const schema = { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } };
    const crd = {
      ...{
        apiVersion: "apiextensions.k8s.io/v1",
        kind: "CustomResourceDefinition",
        metadata: { name: "widgets.example.com" },
      },
      spec: {
        group: "example.com",
        scope: "Namespaced",
        names,
        versions: [{ name: "v1", served: true, storage: true, schema }],
      },
    };
    const widget = {
      apiVersion: "example.com/v1",
      kind: "Widget",
      metadata: { name: "w" },
      spec: { size: 3 },
    };
    const token = "kubernetes:example.com/v1:Widget";
    expect((await bench.provider.create(token, widget, true)).outputs.spec).toEqual({ size: 3 });
    const [object, definition] = await Promise.all([bench.create(token, widget), bench.create(CRD, crd)]);
    expect(object.outputs.spec).toEqual({ size: 3 });
    expect(object.id).toBe("default/w");
    // The namespace that the server filled in is no difference.
    expect((await bench.provider.diff(token, object.inputs, object.inputs, object.outputs)).changes).toBe(
      "DIFF_NONE",
    );
    await bench.provider.delete(CRD, definition.id, definition.outputs);
    await bench.provider.delete(token, object.id, object.outputs); // its very kind is gone: success
  });

  test("a kind that never comes is an error that says so", async () => {
    const odd = { apiVersion: "nowhere.example/v1", kind: "Odd", metadata: { name: "x", annotations: {} } };
    const hasty = await Harness.of(kubernetes(), { kubeconfig: bench.server.kubeconfig, ...within(2) });
    const call = hasty.create("kubernetes:nowhere.example/v1:Odd", odd);
    await expect(call).rejects.toThrow(/cannot create .* Odd x: .*no kind Odd in nowhere\.example\/v1/);
    hasty.stop();
  });

  test("a Patch owns its fields alone and gives them up, the object stays", async () => {
    const made = await bench.create(CONFIG_MAP, configMap("patched", { a: "1" }));
    const patch = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "patched" }, data: { b: "2" } };
    const token = `${CONFIG_MAP}Patch`;
    const patched = await bench.create(token, patch);
    expect(patched.outputs.data).toEqual({ a: "1", b: "2" });
    await bench.provider.delete(token, patched.id, patched.outputs, patched.inputs);
    expect((await bench.provider.read(CONFIG_MAP, made.id)).outputs.data).toEqual({ a: "1" });
    expect((await bench.provider.check(token, { ...patch, metadata: {} })).failures[0].property).toBe(
      "metadata.name",
    );
  });

  test("without server-side apply an object is posted, merged, and a second one of its name refused", async () => {
    const plain = await Harness.of(kubernetes(), {
      kubeconfig: bench.server.kubeconfig,
      enableServerSideApply: "false",
    });
    const inputs = (await plain.check(CONFIG_MAP, configMap("client-side", { a: "1", b: "2" }))).inputs;
    const made = await plain.create(CONFIG_MAP, inputs);
    await expect(plain.create(CONFIG_MAP, inputs)).rejects.toThrow(/already exists/);
    const updated = await plain.update(
      CONFIG_MAP,
      made.id,
      made.outputs,
      { ...inputs, data: { a: "3" } },
      false,
      inputs,
    );
    expect(updated.outputs.data).toEqual({ a: "3" });
    plain.stop();
  });

  test("unknown metadata passes through check and preview", async () => {
    const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
    const inputs = { apiVersion: "v1", kind: "ConfigMap", metadata: unknown };
    expect((await bench.provider.check(CONFIG_MAP, inputs)).inputs).toEqual(inputs);
    expect((await bench.provider.create(CONFIG_MAP, inputs, true)).outputs.metadata).toBe(unknown);
    const olds = configMap("x", {});
    expect((await bench.provider.diff(CONFIG_MAP, olds, inputs)).changes).toBe("DIFF_SOME");
    expect((await bench.provider.update(CONFIG_MAP, "default/x", olds, inputs, true)).outputs.metadata).toBe(
      unknown,
    );
  });

  test("a cluster that is gone: an error, or with deleteUnreachable a state without it", async () => {
    const nowhere = bench.server.kubeconfig.replace(/127\.0\.0\.1:\d+/, "127.0.0.1:1");
    const strict = await Harness.of(kubernetes(), { kubeconfig: nowhere, ...within(0.5) });
    const state = configMap("lost", {}, { namespace: "default" });
    await expect(strict.delete(CONFIG_MAP, "default/lost", state)).rejects.toThrow(
      /127\.0\.0\.1:1 cannot be reached/,
    );
    const lenient = await Harness.of(kubernetes(), {
      kubeconfig: nowhere,
      deleteUnreachable: "true",
      ...within(0.5),
    });
    await lenient.delete(CONFIG_MAP, "default/lost", state);
    expect((await lenient.read(CONFIG_MAP, "default/lost", state, state)).id).toBe("");
    strict.stop();
    lenient.stop();
  });
}
