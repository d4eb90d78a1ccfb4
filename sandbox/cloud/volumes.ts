import * as fs from "node:fs/promises";
import * as path from "node:path";
import type { Keeper } from "./keep";

const GIB = 1024 ** 3;

/**
 * Volumes as sparse files: they take what was written to them, and outlive the machines they are attached to.
 */
export class Volumes implements Keeper<number> {
  constructor(
    private readonly runDir: string,
    private readonly isAttached: (id: string) => boolean,
  ) {}

  image(id: string): string {
    return path.join(this.runDir, "volumes", `${id}.img`);
  }

  /** Makes the file, or lets it grow, to `size` GiB; never shrinks it. */
  async apply(id: string, size: number): Promise<void> {
    await fs.mkdir(path.join(this.runDir, "volumes"), { recursive: true });
    const file = await fs.open(this.image(id), "a", 0o600);
    try {
      if ((await file.stat()).size < size * GIB) await file.truncate(size * GIB);
    } finally {
      await file.close();
    }
  }

  async remove(id: string): Promise<void> {
    if (this.isAttached(id)) throw new Error("still attached to a machine; waiting until it lets go");
    await fs.rm(this.image(id), { force: true });
  }
}
