import * as fs from "node:fs";
import { hasLink } from "../machines/network";
import type { Keeper } from "./keep";
import type { PeeringLink } from "./peerings";
import { netnsFile, type Tools } from "./tools";

/** Makes the links between routers whose networks peer; what goes over them is the routers' own. */
export class Peerings implements Keeper<PeeringLink> {
  private readonly made = new Map<string, PeeringLink>();

  constructor(
    private readonly tools: Tools,
    /** Resolves when a VPC's router is in place. */
    private readonly routerReady: (vpc: string) => Promise<void>,
    /** Resolves when a VPC's router has taken up a link that was plugged in. */
    private readonly plugged: (vpc: string) => Promise<void>,
  ) {}

  async apply(id: string, link: PeeringLink): Promise<void> {
    const [one, other] = link.ends;
    await Promise.all(link.ends.map(({ vpc }) => this.routerReady(vpc)));
    this.made.set(id, link);
    if (await this.has(link)) return;
    await this.tools.batch(undefined, [
      `link add ${link.name} netns ${one.netns} address ${one.mac} type veth ` +
        `peer name ${link.name} netns ${other.netns} address ${other.mac}`,
    ]);
    await Promise.all(link.ends.map(({ vpc }) => this.plugged(vpc)));
  }

  async remove(id: string): Promise<void> {
    const link = this.made.get(id);
    // A router that is gone has taken its end, and so the whole link, with it.
    if (link && (await this.has(link))) await this.tools.ip(link.ends[0].netns, "link", "del", link.name);
    this.made.delete(id);
  }

  private async has({ name, ends: [{ netns }] }: PeeringLink): Promise<boolean> {
    if (!fs.existsSync(netnsFile(netns))) return false;
    return hasLink(await this.tools.ip(netns, "-oneline", "link", "show"), name);
  }
}
