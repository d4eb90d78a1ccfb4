module.exports = {
  testEnvironment: "node",
  roots: ["<rootDir>/test"],
  transform: { "^.+\\.ts$": ["@swc/jest", { jsc: { target: "es2022", parser: { syntax: "typescript" } }, module: { type: "commonjs" } }] },
  testMatch: ["**/*.test.ts"],
  testPathIgnorePatterns: ["/test/e2e/"],
  // What suites leave in a worker's memory adds up over a whole run: one that holds more than this is begun anew.
  workerIdleMemoryLimit: "1GB",
  // Some tests start programs, machines or an API server; on a busy machine that takes a while. None measures time.
  testTimeout: 180_000,
};
