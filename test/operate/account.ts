import { type Emulator, OPERATOR, startEmulator } from "../sandbox/emulator/emulator";

/** An emulated account for the tests of one file, which everything that asks AWS finds in the environment. */
export function ownAccount(): () => Emulator {
  const before = { ...process.env };
  let emulator: Emulator;
  beforeAll(async () => {
    emulator = await startEmulator();
    Object.assign(process.env, {
      AWS_ENDPOINT_URL: emulator.url,
      AWS_ACCESS_KEY_ID: OPERATOR.accessKeyId,
      AWS_SECRET_ACCESS_KEY: OPERATOR.secretAccessKey,
    });
  });
  afterAll(async () => {
    process.env = before;
    await emulator?.stop();
  });
  return () => emulator;
}
