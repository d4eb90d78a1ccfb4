const { stripVTControlCharacters } = require("util");

/** Lines of an error that are shown; jest tells it whole at the suite's end. */
const LINES = 18;

/**
 * A jest reporter: says why a test failed when it fails. A suite goes on for a quarter of an hour and more after that, and
 * what the box says meanwhile is where a reader of the log looks for the reason.
 */
module.exports = class FailuresAtOnce {
  onTestCaseResult(_test, { status, fullName, failureMessages }) {
    if (status !== "failed") return;
    const said = stripVTControlCharacters(failureMessages.join("\n"));
    const lines = said.split("\n").filter((line) => !line.includes("node_modules"));
    process.stderr.write(`\nFAIL ${fullName}\n${lines.slice(0, LINES).join("\n")}\n`);
  }
};
