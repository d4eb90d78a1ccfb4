import * as fs from "fs";
import * as os from "os";
import * as path from "path";
import { cacheRoot } from "../prepare/cache";

/**
 * The two settings of the host that many machines on one kernel need. kube-proxy dies where nf_conntrack_max is not
 * exactly what it computes, since in a network namespace it may not write it; every systemd, kubelet and containerd
 * takes inotify instances. Both are put back when the last box on this host goes.
 */
const WANTED: Readonly<Record<string, number>> = {
  "/proc/sys/net/netfilter/nf_conntrack_max": Math.max(131_072, 32_768 * os.cpus().length),
  "/proc/sys/fs/inotify/max_user_instances": 8192,
};

interface Ledger {
  /** What the host had before the first box. */
  before: Record<string, string>;
  /** Boxes that need the settings: id → process id of the box on the host. */
  boxes: Record<string, number>;
}

const ledgerFile = (): string => path.join(cacheRoot(), "boxes", "host-settings.json");

function readLedger(): Ledger {
  if (!fs.existsSync(ledgerFile())) return { before: {}, boxes: {} };
  return JSON.parse(fs.readFileSync(ledgerFile(), "utf8")) as Ledger;
}

function writeLedger(ledger: Ledger): void {
  fs.mkdirSync(path.dirname(ledgerFile()), { recursive: true });
  fs.writeFileSync(`${ledgerFile()}.new`, JSON.stringify(ledger, null, 2));
  fs.renameSync(`${ledgerFile()}.new`, ledgerFile());
}

const alive = (pid: number): boolean => fs.existsSync(`/proc/${pid}`);

/** Changes the host's settings for a box, remembering what they were. */
export function takeHostSettings(box: string, pid: number): void {
  const ledger = readLedger();
  for (const [id, owner] of Object.entries(ledger.boxes)) if (!alive(owner)) delete ledger.boxes[id];
  for (const [file, value] of Object.entries(WANTED)) {
    const now = fs.readFileSync(file, "utf8").trim();
    ledger.before[file] ??= now;
    if (now !== String(value)) fs.writeFileSync(file, String(value));
  }
  ledger.boxes[box] = pid;
  writeLedger(ledger);
}

/** Gives a box's claim up; the last one puts the host's own values back. */
export function releaseHostSettings(box: string): void {
  const ledger = readLedger();
  delete ledger.boxes[box];
  for (const [id, owner] of Object.entries(ledger.boxes)) if (!alive(owner)) delete ledger.boxes[id];
  if (Object.keys(ledger.boxes).length) return writeLedger(ledger);
  for (const [file, value] of Object.entries(ledger.before)) fs.writeFileSync(file, value);
  fs.rmSync(ledgerFile(), { force: true });
}
