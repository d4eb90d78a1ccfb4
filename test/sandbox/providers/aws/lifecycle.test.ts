import { Account, type Resource } from "./account";
import { oneOfEach } from "./fixture";

let account: Account;
let made: Record<string, Resource>;
beforeAll(async () => {
  account = await Account.open();
}, 60_000);
afterAll(() => account?.close());

test("one of each", async () => {
  const times: Record<string, number> = {};
  let t = Date.now();
  const problems: any[] = [];
  made = await oneOfEach(account, async (one) => {
    times[one.token] = Date.now() - t;
    const diff = await one.diff();
    if (diff.changes !== "DIFF_NONE") problems.push([one.token, "diff", diff.changes, diff.details]);
    const before = JSON.stringify([one.inputs, one.outputs]);
    const refreshed = await one.refresh();
    if (refreshed.inputs.length) console.log(before, JSON.stringify([one.inputs, one.outputs]));
    if (!refreshed.there || refreshed.inputs.length || refreshed.outputs.length) problems.push([one.token, "refresh", refreshed]);
    try {
      const imported = await one.imported();
      if (!imported.id) problems.push([one.token, "import: gone"]);
      else {
        const d = await account.provider.diff(one.token, imported.inputs, one.inputs, imported.outputs);
        if (d.changes !== "DIFF_NONE") problems.push([one.token, "import diff", d.details]);
      }
    } catch (e: any) { problems.push([one.token, "import", e.message]); }
    t = Date.now();
  });
  console.log(times, JSON.stringify(problems, null, 1));
}, 300_000);

test("delete all", async () => {
  const times: any = {};
  for (const [name, one] of Object.entries(made).reverse()) {
    const t = Date.now();
    try { await one.delete(10); } catch (e: any) { console.log(name, e.message); }
    times[name] = Date.now() - t;
    const r = await one.refresh();
    if (r.there) console.log(name, "still there");
    await one.delete(10);
  }
  console.log(times, await account.emulator.get("/sandbox/account"));
}, 300_000);
