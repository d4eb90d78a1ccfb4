import * as path from "node:path";
import type { BalancerPlan } from "./balancers";
import { Haproxy } from "./haproxy";
import { readHealth, type HealthReport } from "./health";
import type { Keeper } from "./keep";
import { shortName, socketDir } from "./names";
import type { Tools } from "./tools";

/** Runs one haproxy for each load balancer, so that a change to one never touches another's connections. */
export class Balancers implements Keeper<BalancerPlan> {
  private readonly running = new Map<
    string,
    { haproxy: Haproxy; plan: BalancerPlan; health: HealthReport }
  >();

  constructor(
    private readonly tools: Tools,
    private readonly runDir: string,
    /** Resolves when a VPC's router is in place. */
    private readonly routerReady: (vpc: string) => Promise<void>,
    private readonly died: (key: string) => void,
    private readonly log: (line: string) => void,
  ) {}

  async apply(key: string, plan: BalancerPlan): Promise<void> {
    await this.routerReady(plan.vpc);
    const haproxy = this.running.get(key)?.haproxy ?? this.make(key, plan);
    const before = this.running.get(key)?.plan;
    for (const refused of plan.refused) {
      if (!before?.refused.includes(refused))
        this.log(`load balancer ${key}: a ${refused} is not served in the sandbox; use TCP`);
    }
    await haproxy.configure(plan.config, plan.servers);
    this.running.set(key, { haproxy, plan, health: this.running.get(key)?.health ?? {} });
  }

  async remove(key: string): Promise<void> {
    await this.running.get(key)?.haproxy.stop();
    this.running.delete(key);
  }

  /** Asks every load balancer for its targets' health. */
  async health(): Promise<HealthReport> {
    const report: HealthReport = {};
    for (const [key, one] of this.running) {
      try {
        one.health = readHealth(await one.haproxy.ask("show stat"), one.plan.servers);
      } catch (error) {
        this.log(`load balancer ${key}: no answer about its targets (${(error as Error).message})`);
        continue;
      }
      Object.assign(report, one.health);
    }
    return report;
  }

  /** Whether a load balancer had a healthy target when it was last asked. */
  hasHealthyTarget(dnsName: string): boolean {
    const one = [...this.running.values()].find(({ plan }) => plan.dnsName === dnsName);
    return !!one && Object.values(one.health).some((targets) => Object.values(targets).includes("healthy"));
  }

  async stop(): Promise<void> {
    await Promise.all([...this.running.keys()].map((key) => this.remove(key)));
  }

  private make(key: string, plan: BalancerPlan): Haproxy {
    return new Haproxy(
      this.tools,
      key,
      {
        netns: plan.netns,
        dir: path.join(this.runDir, "cloud", `balancer-${shortName(key)}`),
        sockets: socketDir(this.runDir),
        log: path.join(this.runDir, "logs", `balancer-${key.replace(/\//g, "-")}.log`),
      },
      () => this.died(key),
    );
  }
}
