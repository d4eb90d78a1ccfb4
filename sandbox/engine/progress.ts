import type { EngineEvent, StepEventMetadata } from "@pulumi/pulumi/automation";
import { plainText, shortName } from "../../operate/plan/changes";
import { replicaPlan } from "../../operate/plan/replicas";

const DONE: Readonly<Record<string, string>> = { create: "+", update: "~", delete: "-", "create-replacement": "+", "delete-replaced": "-", replace: "+-", refresh: "↻" };

const SHOWN: ReadonlySet<string> = new Set(["info", "warning", "error"]);

/** Turns the engine's events into one line for each thing that changed, with the seconds since the run began. */
export class Progress {
  private readonly started = Date.now();
  private readonly began = new Map<string, number>();
  /** The replica plan of each app as this run sees it: `nginx: us-west 2→5, …`. */
  readonly plans: string[] = [];
  /** What went wrong, each with the resource it happened to. */
  readonly errors: string[] = [];
  /** Operations that changed something, by kind. */
  readonly changes: Record<string, number> = {};

  constructor(
    private readonly print: (line: string) => void,
    private readonly preview: boolean,
  ) {}

  event(event: EngineEvent): void {
    if (event.resourcePreEvent) this.before(event.resourcePreEvent.metadata);
    if (event.resOutputsEvent) this.after(event.resOutputsEvent.metadata);
    if (event.resOpFailedEvent) this.line(`✗ ${shortName(event.resOpFailedEvent.metadata.urn)}`);
    const diagnostic = event.diagnosticEvent;
    if (diagnostic && SHOWN.has(diagnostic.severity) && !diagnostic.ephemeral) {
      const text = plainText(diagnostic.message);
      if (!text) return;
      const line = `${diagnostic.urn ? `${shortName(diagnostic.urn)}: ` : ""}${text}`;
      if (diagnostic.severity === "error") this.errors.push(line);
      this.line(`${diagnostic.severity}: ${line}`);
    }
    if (event.summaryEvent) Object.assign(this.changes, event.summaryEvent.resourceChanges);
  }

  private before(step: StepEventMetadata): void {
    this.began.set(step.urn, Date.now());
    const plan = replicaPlan(step, step.old, step.new);
    if (plan !== undefined && step.op !== "delete") {
      this.plans.push(plan);
      this.line(`plan ${plan}`);
    }
    if (this.preview && DONE[step.op]) this.line(`${DONE[step.op]} ${shortName(step.urn)}${step.diffs?.length ? ` [${step.diffs.join(", ")}]` : ""}`);
  }

  private after(step: StepEventMetadata): void {
    if (this.preview || !DONE[step.op]) return;
    const seconds = (Date.now() - (this.began.get(step.urn) ?? Date.now())) / 1000;
    this.line(`${DONE[step.op]} ${shortName(step.urn)}${seconds >= 1 ? ` (${seconds.toFixed(1)} s)` : ""}`);
  }

  private line(text: string): void {
    this.print(`${((Date.now() - this.started) / 1000).toFixed(1).padStart(6)}s ${text}`);
  }
}
