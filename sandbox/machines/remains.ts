import * as fs from "node:fs";
import * as path from "node:path";
import { findBoxGroups, ownHierarchies, processes, removeGroups } from "./cgroups";
import { removeTree } from "./disk";
import { removeNetns } from "./network";
import { machineNetns, machinesDir } from "./spec";
import { detach, freed, loopsOf } from "./volumes";

/**
 * Removes everything that the machines of a box have outside its run directory, and their disks: for a box that was
 * killed. Processes first, since they hold the rest. May be called again at any time, and when there is nothing.
 * @param runDir run directory of the box; its other files (volumes' images, state) are left
 * @throws when something cannot be removed in time, naming it
 */
export async function cleanupRemains(
  runDir: string,
  log: (line: string) => void = () => undefined,
): Promise<void> {
  const groups = findBoxGroups(
    runDir,
    ownHierarchies().map(({ mount }) => mount),
  );
  if (groups.length > 0) {
    const count = new Set(groups.flatMap(processes)).size;
    log(`removing ${groups.length} control groups of an earlier box, ${count} processes in them`);
    await removeGroups(groups, 60);
  }
  const machines = machinesDir(runDir);
  for (const id of fs.existsSync(machines) ? fs.readdirSync(machines) : [])
    await removeNetns(machineNetns(id));
  const loops = loopsOf(runDir);
  if (loops.length > 0) {
    log(`freeing ${loops.map(({ name, file }) => `${name} (${path.basename(file)})`).join(", ")}`);
    await detach(runDir);
    await freed(runDir, 20);
  }
  if (fs.existsSync(machines)) {
    log("removing the disks of an earlier box");
    await removeTree(machines);
  }
}
