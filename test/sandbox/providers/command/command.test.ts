import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { command } from "../../../../sandbox/providers/command/resources";
import { secret } from "../../../../sandbox/providers/runtime";
import { Harness } from "../runtime/harness";

const COMMAND = "command:local:Command";
jest.setTimeout(60_000);
let provider: Harness;
let dir: string;
beforeEach(async () => {
  provider = await Harness.of(command);
  dir = fs.mkdtempSync(path.join(os.tmpdir(), "command-test-"));
});
afterEach(() => {
  provider.stop();
  fs.rmSync(dir, { recursive: true });
});
const read = (name: string) => fs.readFileSync(path.join(dir, name), "utf8");

test("create runs with directory, environment and input; outputs lose their last line break", async () => {
  const made = await provider.create(COMMAND, {
    create: 'pwd; echo "$WHO $(cat)"; echo warn >&2',
    dir,
    environment: { WHO: "me" },
    stdin: "in",
  });
  expect(made.outputs).toMatchObject({ stdout: `${fs.realpathSync(dir)}\nme in`, stderr: "warn" });
  expect(made.id).toMatch(/^thing[0-9a-f]{8}$/);
  expect(provider.said).toEqual(expect.arrayContaining(["info: me in", "info: warn"]));
});

test("the last output is handed on to update and delete, unless that is switched off", async () => {
  const inputs = {
    create: "echo one",
    update: `echo "$PULUMI_COMMAND_STDOUT two"`,
    delete: `echo "$PULUMI_COMMAND_STDOUT" > ${dir}/d`,
  };
  const made = await provider.create(COMMAND, inputs);
  const updated = await provider.update(COMMAND, made.id, made.outputs, {
    ...inputs,
    environment: { A: "1" },
  });
  expect(updated.outputs.stdout).toBe("one two");
  await provider.delete(COMMAND, made.id, updated.outputs);
  expect(read("d")).toBe("one two\n");
  await provider.delete(COMMAND, made.id, { ...updated.outputs, addPreviousOutputInEnv: false });
  expect(read("d")).toBe("\n");
});

test("without an update command a change runs create again; without a delete command nothing runs", async () => {
  const made = await provider.create(COMMAND, { create: `echo x >> ${dir}/runs` });
  await provider.update(COMMAND, made.id, made.outputs, { create: `echo x >> ${dir}/runs`, environment: {} });
  await provider.delete(COMMAND, made.id, made.outputs);
  expect(read("runs")).toBe("x\nx\n");
});

test("a delete runs the state's script with the state's environment", async () => {
  await provider.delete(
    COMMAND,
    "x",
    { delete: `echo "$KEPT" > ${dir}/d`, environment: { KEPT: "yes" } },
    { delete: "exit 1" },
  );
  expect(read("d")).toBe("yes\n");
});

test("a failing command is an error with its status and what it said last", async () => {
  await expect(provider.create(COMMAND, { create: "echo out; echo reason >&2; exit 3" })).rejects.toThrow(
    /exit status 3:\nreason/,
  );
  await expect(provider.create(COMMAND, { create: "seq 100 >&2; exit 1" })).rejects.toThrow(/…\n81\n/);
  await expect(provider.create(COMMAND, { create: "true", dir: "/nowhere" })).rejects.toThrow(
    /cannot run \/bin\/sh in \/nowhere/,
  );
});

test("a changed trigger replaces, anything else updates, and the preview knows no output", async () => {
  expect((await provider.diff(COMMAND, { triggers: [1] }, { triggers: [2] })).details).toEqual({
    "triggers[0]": "UPDATE_REPLACE",
  });
  expect((await provider.diff(COMMAND, { create: "a" }, { create: "b" })).details).toEqual({
    create: "UPDATE",
  });
  const preview = await provider.update(
    COMMAND,
    "x",
    { create: "a", stdout: "old", stderr: "" },
    { create: "b" },
    true,
  );
  expect(preview.outputs.stdout).toBe("04da6b54-80e4-46f7-96ec-b56ff0331ba9");
});

test("what a command prints is secret if it was given a secret; with logging none nothing is said", async () => {
  const made = await provider.create(COMMAND, {
    create: "echo $KEY",
    environment: { KEY: secret("s3cret") },
    logging: "none",
  });
  expect(made.outputs.stdout).toBe("s3cret");
  expect(made.secrets.sort()).toEqual(["environment.KEY", "stderr", "stdout"]);
  expect(provider.said).toEqual([]);
});

test("an interpreter gets the command as its last argument", async () => {
  const made = await provider.create(COMMAND, {
    create: "console.log(1 + 1)",
    interpreter: [process.execPath, "-e"],
  });
  expect(made.outputs.stdout).toBe("2");
});

test("a cancel ends the command and its children", async () => {
  const call = provider.create(COMMAND, { create: `sleep 60 & echo $! > ${dir}/pid; wait` });
  const ended = expect(call).rejects.toThrow(/cancelled/);
  for (let i = 0; i < 1500 && !fs.existsSync(path.join(dir, "pid")); i++)
    await new Promise((resolve) => setTimeout(resolve, 20));
  await new Promise((resolve) => setTimeout(resolve, 50));
  await provider.call("cancel", new Empty());
  await ended;
  // Gone, or a zombie where nobody reaps orphans.
  const stat = `/proc/${read("pid").trim()}/stat`;
  expect(fs.existsSync(stat) ? fs.readFileSync(stat, "utf8").split(") ")[1][0] : "Z").toBe("Z");
});

test("the function runs a command at once", async () => {
  const { InvokeRequest } = await import("@pulumi/pulumi/proto/provider_pb");
  const { decode, encode } = await import("../../../../sandbox/providers/runtime/values");
  const request = new InvokeRequest();
  request.setTok("command:local:run");
  request.setArgs(encode({ command: "echo hi" }));
  const response = await provider.call<any>("invoke", request);
  expect(decode(response.getReturn()).props).toMatchObject({ command: "echo hi", stdout: "hi", stderr: "" });
});
