import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

const made: string[] = [];
// Once for each test file that imports this: Jest loads modules anew for each.
afterAll(() => made.splice(0).forEach((dir) => fs.rmSync(dir, { recursive: true, force: true })));

/** A new directory for the tests of one file, removed when they are done, however they end. */
export function scratch(): string {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), "federation-test-"));
  made.push(dir);
  return dir;
}
