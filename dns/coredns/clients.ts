import type { MemberConfig } from "../../config";
import { present } from "../../config/member-kinds";
import type { Clients } from "./routes";

/**
 * Networks of users by the region nearest to them: what the config says of members, and members' own nodes and pods.
 * Resolvers ask for their users, so what counts is where a resolver is.
 */
export function clientsOf(
  members: Readonly<Record<string, MemberConfig>>,
  declared: Readonly<Record<string, readonly string[]>>,
): Clients {
  const clients: Record<string, string[]> = {};
  for (const [name, member] of Object.entries(present(members))) {
    const own = member.kind === "ec2" ? member.network.vpc : member.network.nodes;
    (clients[member.region] ??= []).push(own, member.network.pods, ...(declared[name] ?? []));
  }
  return clients;
}
