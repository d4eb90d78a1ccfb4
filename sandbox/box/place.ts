import { createHash } from "crypto";
import * as path from "path";
import { cacheRoot } from "../prepare/cache";

/** The checkout that this file belongs to: one checkout has one box. */
export const checkout = path.resolve(__dirname, "../..");

/** Where a box keeps what it needs while it runs, and its name outside (in cgroups). */
export interface Place {
  /** 8 hex digits that differ between checkouts, so two boxes never share a name on the host. */
  readonly id: string;
  readonly dir: string;
  readonly logs: string;
  /** The daemon's control socket. */
  readonly socket: string;
  /** What is needed to enter the box: its process id as the host sees it. */
  readonly file: string;
}

/** The place of this checkout's box; the directory may not exist yet. */
export function place(): Place {
  const id = createHash("sha256").update(checkout).digest("hex").slice(0, 8);
  const dir = path.join(cacheRoot(), "boxes", id);
  return { id, dir, logs: path.join(dir, "logs"), socket: path.join(dir, "control.sock"), file: path.join(dir, "box.json") };
}
