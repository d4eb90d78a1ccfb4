import * as fs from "node:fs";
import { boxAddress, INTERNET, linkName, routerAddress } from "./names";
import type { Keeper } from "./keep";
import type { Links } from "./links";
import { PROTOCOL, readSnapshot, routeDiff, routerDiff, ROUTER_SETTINGS, SNAPSHOT } from "./router-diff";
import { MAIN_TABLE, type PlannedRoute, type RouterPlan } from "./routers";
import { netnsFile, type Tools } from "./tools";

/** A VPC's router with its firewall. */
export interface Router {
  plan: RouterPlan;
  /** nftables script. */
  firewall: string;
  /** Whether its region has failed: nothing gets in or out, to the internet or to peers. */
  cut: boolean;
}

/**
 * Makes routers: a network namespace each, looked at anew every time, so that whatever was lost is put back.
 */
export class Routers implements Keeper<Router> {
  private readonly loaded = new Map<string, string>();
  private readonly cutOff = new Set<string>();

  constructor(
    private readonly tools: Tools,
    private readonly links: Links,
  ) {}

  async apply(vpc: string, { plan, firewall, cut }: Router): Promise<void> {
    const { netns, link } = plan;
    if (!fs.existsSync(netnsFile(netns))) {
      this.loaded.delete(vpc);
      await this.tools.ip(undefined, "netns", "add", netns);
    }
    if (!this.loaded.has(vpc)) await this.tools.settings(netns, ROUTER_SETTINGS);
    // The firewall goes first: nothing passes a router before its rules are there.
    if (this.loaded.get(vpc) !== firewall) await this.tools.nft(netns, firewall);
    if (!this.loaded.has(vpc)) await this.connect(netns, link);
    this.loaded.set(vpc, firewall);
    if (cut !== this.cutOff.has(vpc)) {
      await this.tools.batch(
        netns,
        waysOut(plan).map((way) => `link set dev ${way} ${cut ? "down" : "up"}`),
      );
      if (cut) this.cutOff.add(vpc);
      else this.cutOff.delete(vpc);
    }
    // Routes over a link that is down cannot be set; what the kernel dropped with it comes back when the region does.
    if (cut) return;
    const now = readSnapshot(await this.tools.show(netns, SNAPSHOT));
    await this.tools.batch(netns, routerDiff(plan, now));
  }

  async remove(vpc: string): Promise<void> {
    const link = linkName(this.links.of(vpc));
    this.loaded.delete(vpc);
    this.cutOff.delete(vpc);
    if (fs.existsSync(`/sys/class/net/${link}`)) await this.tools.ip(undefined, "link", "del", link);
    if (fs.existsSync(netnsFile(vpc))) await this.tools.ip(undefined, "netns", "del", vpc);
    this.links.release(vpc);
  }

  /** The router's way to the box, and its own loopback. */
  private async connect(netns: string, link: number): Promise<void> {
    const has = JSON.parse(await this.tools.ip(netns, "-j", "link", "show")) as { ifname: string }[];
    if (!has.some((one) => one.ifname === INTERNET)) {
      await this.tools.batch(undefined, [
        `link add ${linkName(link)} type veth peer name ${INTERNET} netns ${netns}`,
        `addr replace ${boxAddress(link)}/30 dev ${linkName(link)}`,
        `link set dev ${linkName(link)} up`,
      ]);
    }
    await this.tools.batch(netns, [
      "link set dev lo up",
      `addr replace ${routerAddress(link)}/30 dev ${INTERNET}`,
      `link set dev ${INTERNET} up`,
    ]);
    await this.tools.settings(netns, { [`conf/${INTERNET}/proxy_arp`]: "0", ip_forward: "1" });
  }
}

/** The links of a router that leave its region or its network: instances hang on all others. */
export function waysOut({ ports }: RouterPlan): string[] {
  return [INTERNET, ...ports.map(({ name }) => name).filter((name) => name.startsWith("pcx"))];
}

/** The box's own routes: every public address leads to its VPC. */
export class PublicRoutes implements Keeper<PlannedRoute[]> {
  constructor(
    private readonly tools: Tools,
    /** Whether all routers, and so their links, are there. */
    private readonly ready: () => boolean,
  ) {}

  async apply(_id: string, wanted: PlannedRoute[]): Promise<void> {
    for (let i = 0; i < 100 && !this.ready(); i++) await new Promise((done) => setTimeout(done, 20));
    const now = JSON.parse(
      (await this.tools.ip(undefined, "-j", "route", "show", "protocol", String(PROTOCOL))) || "[]",
    );
    await this.tools.batch(undefined, routeDiff(wanted, now));
  }

  async remove(): Promise<void> {
    await this.apply("", []);
  }
}

export function publicRoutes(routers: Iterable<Router>): PlannedRoute[] {
  return [...routers].flatMap(({ plan }) =>
    plan.publicAddresses.map((address) => ({
      table: MAIN_TABLE,
      destination: address,
      via: routerAddress(plan.link),
      dev: linkName(plan.link),
    })),
  );
}
