import { prepare } from "./index";

/** `npx tsx sandbox/prepare/main.ts`: fills the cache and prints where everything is. */
async function main(): Promise<void> {
  const terminal = process.stdout.isTTY;
  const prepared = await prepare((line, sticky) => {
    if (terminal) process.stdout.write(`\r\x1b[K${line}${sticky ? "\n" : ""}`);
    else process.stdout.write(`${line}\n`);
  });
  console.log(JSON.stringify(prepared, null, 2));
}

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => process.exit(1)); // takes the commands along

main().catch((error: Error) => {
  console.error(`\n${error.message}`);
  process.exitCode = 1;
});
