module.exports = {
  ...require("../../jest.config.js"),
  rootDir: "../..",
  roots: ["<rootDir>/test/e2e"],
  testPathIgnorePatterns: [],
  testTimeout: 20 * 60 * 1000,
  verbose: true,
};
