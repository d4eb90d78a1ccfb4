import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { describeReal } from "../machines/rig/trial";

describeReal("the releases that nodes download", (parts) => {
  const files = fs
    .readdirSync(parts.releases, { recursive: true, encoding: "utf8" })
    .filter((name) => fs.statSync(path.join(parts.releases, name)).isFile());
  const lists = files.filter((name) => /\.sha256(sum)?$/.test(name));

  test("each has the sum that its publisher's list says", () => {
    const released = files.filter((name) => !lists.includes(name));
    // Seven with the Kubernetes release before, where it was made.
    expect([5, 7]).toContain(released.length);
    for (const file of released) {
      const sum = createHash("sha256")
        .update(fs.readFileSync(path.join(parts.releases, file)))
        .digest("hex");
      const beside = lists.filter((list) => path.dirname(list) === path.dirname(file));
      const texts = beside.map((list) => fs.readFileSync(path.join(parts.releases, list), "utf8"));
      expect([file, texts.filter((text) => text.startsWith(sum)).length]).toEqual([file, 1]);
    }
  });
});
