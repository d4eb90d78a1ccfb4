import * as fs from "node:fs";
import * as path from "node:path";

const HIGHEST = 254;

/**
 * Numbers of VPCs, from which their links' addresses come; kept on disk, so that a restarted daemon finds
 * them again.
 */
export class Links {
  private numbers: Record<string, number> = {};

  constructor(private readonly file: string) {
    if (fs.existsSync(file)) this.numbers = JSON.parse(fs.readFileSync(file, "utf8"));
  }

  /** The VPC's number; the lowest free one if it is new. */
  of(vpc: string): number {
    if (this.numbers[vpc]) return this.numbers[vpc];
    const taken = new Set(Object.values(this.numbers));
    const free = Array.from({ length: HIGHEST }, (_, i) => i + 1).find((number) => !taken.has(number));
    if (!free) throw new Error(`the box has links for ${HIGHEST} VPCs and all are taken; delete a VPC`);
    this.numbers[vpc] = free;
    this.save();
    return free;
  }

  release(vpc: string): void {
    if (!this.numbers[vpc]) return;
    delete this.numbers[vpc];
    this.save();
  }

  vpcOf(number: number): string | undefined {
    return Object.entries(this.numbers).find(([, one]) => one === number)?.[0];
  }

  private save(): void {
    fs.mkdirSync(path.dirname(this.file), { recursive: true });
    fs.writeFileSync(`${this.file}.new`, JSON.stringify(this.numbers));
    fs.renameSync(`${this.file}.new`, this.file);
  }
}
