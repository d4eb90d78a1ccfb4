import recorded from "../recorded/cloud-state.json";
import { type Emulator, startEmulator } from "./emulator";
import { realistic } from "./realistic";

jest.setTimeout(60_000);

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator();
});
afterAll(() => emulator?.stop());

/** Names and kinds of values, without the values: ids and addresses differ each time. */
function shape(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shape);
  if (value === null || typeof value !== "object") return value === null ? "null" : typeof value;
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [/^(us|ap)-/.test(key) ? "region" : key, shape(one)]),
  );
}

test("the recorded account that other tests read is as the emulator tells it today (else record it anew)", async () => {
  await realistic(emulator.clients("us-west-2"));
  expect(shape(recorded)).toEqual(shape(await emulator.get("/sandbox/state")));
});
