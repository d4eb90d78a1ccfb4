module.exports = {
  ...require("../../jest.config.js"),
  rootDir: "../..",
  roots: ["<rootDir>/test/e2e"],
  testPathIgnorePatterns: [],
  testTimeout: 20 * 60 * 1000,
  verbose: true,
  reporters: ["default", "<rootDir>/test/e2e/failures-at-once.js"],
};
