import { z } from "zod";
import { range, text, whole } from "./fields";

/** Shape and defaults of `zone` where CoreDNS on the host keeps the domain. Rules between keys are in `zone-checks.ts`. */

const serviceRemedy =
  'must be "loadBalancer" or { nodePort: 30053, address: 192.0.2.10 }: how the host\'s CoreDNS is reached; a port from ' +
  "30000 to 32767 and the IPv4 address of one of its nodes";

const octet = "(25[0-5]|2[0-4]\\d|1?\\d?\\d)";
const address = text(new RegExp(`^${octet}(\\.${octet}){3}$`), serviceRemedy);

const serviceSchema = z.union(
  [
    z.literal("loadBalancer"),
    z.strictObject({ nodePort: whole("a port of the host's nodes, for UDP and TCP", 30000, 32767), address }),
  ],
  { error: serviceRemedy },
);

const clients = z.array(range("the network of users that the member is nearest to"), {
  error: "must list the networks of users that the member is nearest to, such as [198.51.100.0/24]",
});

const forwardSchema = z.union([z.literal("all"), z.array(z.string())], {
  error: 'must be "all" or a list of members such as [f-a, f-b], whose own CoreDNS is told of the domain',
});

export const coreDnsZoneSchema = z.strictObject({
  coredns: z.strictObject(
    {
      service: serviceSchema.default("loadBalancer"),
      clients: z.record(z.string(), clients).default({}),
      forward: forwardSchema.default([]),
    },
    {
      error: ({ code }) =>
        code === "invalid_type"
          ? "must be a map such as { service: { nodePort: 30053, address: 192.0.2.10 } }"
          : undefined,
    },
  ),
});

/** What CoreDNS on the host is told. */
export type CoreDnsInput = z.output<typeof coreDnsZoneSchema>["coredns"];

/** How the host's CoreDNS is reached. */
export type CoreDnsService = CoreDnsInput["service"];

/** Who keeps the domain, as the config says it. */
export type ZoneInput = "create" | "existing" | { readonly coredns: CoreDnsInput };

/** What CoreDNS on the host is told; undefined where Route 53 keeps the domain, or where that is not known. */
export function coreDnsOf(zone: ZoneInput | undefined): CoreDnsInput | undefined {
  return typeof zone === "object" ? zone.coredns : undefined;
}
