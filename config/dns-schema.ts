import { z } from "zod";
import { text, whole } from "./fields";

/** Shape and defaults of an app's `dns`. Rules between keys are in `dns-checks.ts`. */

/** Route 53 takes up to 68 years; resolvers keep at most about a week, so more is a slip of the pen. */
export const longestTtl = 604800;

const ttl = (names: string) => whole(`seconds that resolvers may keep an answer${names}`, 1, longestTtl);

export const healthSchema = z
  .strictObject({
    protocol: z
      .enum(["http", "https", "tcp"], {
        error:
          'must be "http", "https" (whoever has signed the certificate; costs $1 more a month and member) or "tcp" (a connection ' +
          "is enough)",
      })
      .default("http"),
    path: text(
      /^\/\S{0,254}$/,
      "a path such as /healthz, which answers with a status from 200 to 399",
    ).optional(),
    interval: z
      .union([z.literal(10), z.literal(30)], {
        error:
          "must be 10 or 30: seconds between two looks of one checker; 10 costs $1 more a month and member",
      })
      .default(30),
    threshold: whole("looks in a row that decide", 1, 10).default(3),
    port: whole("a TCP port; the service's unless given", 1, 65535).optional(),
  })
  .refine(({ protocol, path }) => protocol !== "tcp" || path === undefined, {
    path: ["path"],
    error: "is asked by http and https: leave it out, by tcp nothing is asked",
  })
  .transform(({ path, ...health }) =>
    health.protocol === "tcp" ? health : { ...health, path: path ?? "/" },
  );

/** Seconds that answers of hierarchical names may be kept, unless given. */
const HIERARCHY_TTL = 180;

const hierarchySchema = z
  .union([z.boolean(), z.strictObject({ ttl: ttl(" of these names").default(HIERARCHY_TTL) })], {
    error: `must be true or { ttl: ${HIERARCHY_TTL} }: names for each zone and region that fall back to the next wider one`,
  })
  .transform((value) => (value === true ? { ttl: HIERARCHY_TTL } : value || undefined));

export const dnsSchema = z.strictObject({
  name: z.string({ error: "must be a text: the record's name, such as nginx" }),
  ttl: ttl("").default(300),
  type: z
    .enum(["cname", "alias"], {
      error:
        'must be "cname" (to load balancers\' names) or "alias" (addresses: ALIAS records to load balancers of AWS, others\' by ' +
        "their address)",
    })
    .default("cname"),
  health: healthSchema.prefault({}),
  hierarchy: hierarchySchema.optional(),
});

export type DnsInput = z.output<typeof dnsSchema>;
