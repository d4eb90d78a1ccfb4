import type { Route } from "./routes";

/** Where the files of CoreDNS's ConfigMap are mounted. */
export const FILES = "/etc/coredns";

/** Name of the zone's file beside the Corefile. */
export const ZONE_FILE = "zone";

/** Ports at which CoreDNS tells that it lives, and that it serves. */
export const ports = { dns: 53, health: 8080, ready: 8181 } as const;

const block = (zone: string, lines: readonly string[]): string =>
  [`${zone} {`, ...lines.map((line) => `    ${line}`), "}", ""].join("\n");

/** The domain itself, from a file; what is above it is nobody's business here. */
function zoneBlock(domain: string): string {
  return block(domain, [
    "errors",
    // Answers on while others learn that it goes.
    "health {",
    "    lameduck 5s",
    "}",
    "ready",
    `file ${FILES}/${ZONE_FILE}`,
  ]);
}

/**
 * What answers everybody: the domain from its file, and each app's name by whichever voice of a member is there first.
 *
 * @param addressOf where the voice of a member is asked that speaks for the name; for no member where all are asked that
 *   there are, well or not.
 */
export function frontCorefile(
  domain: string,
  routes: readonly Route[],
  addressOf: (name: string, member?: string) => string,
): string {
  const blocks = routes.map((route, index) => {
    const { name, members } = route;
    // The last: when nobody is well, it is as likely that who looks is wrong, and Route 53 then takes all for well, too.
    const upstreams = [...members.map((member) => addressOf(name, member)), addressOf(name)];
    return block(name, [
      ...view(route, index),
      "errors",
      `forward . ${upstreams.join(" ")} {`,
      "    policy sequential",
      // A connection that is kept leads to a voice for as long as it is used, whatever the Service says of that voice meanwhile.
      "    expire 0s",
      "}",
    ]);
  });
  return [zoneBlock(domain), ...blocks].join("\n");
}

function view({ clients, part }: Route, index: number): string[] {
  const near = clients?.map((range) => `incidr(client_ip(), '${range}')`).join(" || ");
  const within = part && `id() % ${part.of} >= ${part.from} && id() % ${part.of} < ${part.to}`;
  const conditions = [near, within].filter(Boolean).map((each) => `(${each})`);
  return conditions.length > 0 ? [`view route-${index} {`, `    expr ${conditions.join(" && ")}`, "}"] : [];
}

/**
 * What speaks for one member: its records from a file. Where these lead to a host name, that is looked up as the node
 * does, since who asks for an address wants one.
 */
export function voiceCorefile(domain: string, named: boolean): string {
  const lookUp = block(".", ["errors", "forward . /etc/resolv.conf"]);
  return named ? [zoneBlock(domain), lookUp].join("\n") : zoneBlock(domain);
}
