import { randomUUID } from "node:crypto";
import type { Props } from "../runtime/types";
import { unless } from "./errors";
import type { Spec } from "./resource";
import { route53Tags } from "./route53-zones";
import { isSet } from "./shapes";
import { fromList } from "./tags";

const GONE = ["NoSuchHealthCheck"];
const CHECKED = ["HTTP", "HTTPS", "HTTP_STR_MATCH", "HTTPS_STR_MATCH", "TCP"];

/** Upstream: aws_route53_health_check. */
export const healthCheck: Spec = {
  global: true,
  inputs: [
    ...["childHealthThreshold", "childHealthchecks", "disabled", "enableSni", "failureThreshold", "fqdn"],
    ...[
      "invertHealthcheck",
      "ipAddress",
      "measureLatency",
      "port",
      "referenceName",
      "regions",
      "requestInterval",
    ],
    ...["resourcePath", "searchString", "type"],
  ],
  required: ["type"],
  defaults: { disabled: false, invertHealthcheck: false, measureLatency: false },
  filled: ["enableSni", "failureThreshold", "requestInterval"],
  sets: ["childHealthchecks", "regions"],
  replaceOn: ["measureLatency", "referenceName", "requestInterval", "type"],
  computed: ["arn"],
  tags: route53Tags("healthcheck"),
  validate: (inputs) =>
    CHECKED.includes(inputs.type) && !isSet(inputs.fqdn) && !isSet(inputs.ipAddress)
      ? [{ property: "fqdn", reason: `one of fqdn and ipAddress must be given for a ${inputs.type} check` }]
      : [],
  async create(call) {
    const { inputs } = call;
    const { HealthCheck } = await call.route53.createHealthCheck({
      CallerReference: inputs.referenceName
        ? `${inputs.referenceName}-${randomUUID()}`.slice(0, 64)
        : randomUUID(),
      HealthCheckConfig: {
        ...settings(inputs),
        Type: inputs.type,
        MeasureLatency: CHECKED.includes(inputs.type) ? inputs.measureLatency : undefined,
        RequestInterval: CHECKED.includes(inputs.type) ? (inputs.requestInterval ?? 30) : undefined,
      },
    });
    return HealthCheck!.Id!;
  },
  async settle(call) {
    if (isSet(call.tags)) await route53Tags("healthcheck")(call, call.tags, []);
  },
  async read(call) {
    const found = (await unless(GONE, () => call.route53.getHealthCheck({ HealthCheckId: call.id })))
      ?.HealthCheck;
    if (!found) return undefined;
    const config = found.HealthCheckConfig!;
    const tags = await call.route53.listTagsForResource({ ResourceType: "healthcheck", ResourceId: call.id });
    return {
      arn: `arn:aws:route53:::healthcheck/${call.id}`,
      childHealthThreshold: config.HealthThreshold,
      childHealthchecks: config.ChildHealthChecks?.length ? config.ChildHealthChecks : undefined,
      disabled: config.Disabled ?? false,
      enableSni: config.EnableSNI ?? config.Type!.startsWith("HTTPS"),
      failureThreshold: config.FailureThreshold,
      fqdn: config.FullyQualifiedDomainName,
      invertHealthcheck: config.Inverted ?? false,
      ipAddress: config.IPAddress,
      measureLatency: config.MeasureLatency ?? false,
      port: config.Port,
      regions: config.Regions?.length ? config.Regions : undefined,
      requestInterval: config.RequestInterval,
      resourcePath: config.ResourcePath,
      searchString: config.SearchString,
      tagsAll: fromList(tags.ResourceTagSet?.Tags),
      type: config.Type,
    };
  },
  async update(call) {
    const names = Object.keys(call.inputs).filter((name) => name !== "tags");
    if (call.changed(...names, "regions", "childHealthchecks")) {
      await call.route53.updateHealthCheck({ HealthCheckId: call.id, ...settings(call.inputs) });
    }
  },
  async delete(call) {
    await unless(GONE, () => call.route53.deleteHealthCheck({ HealthCheckId: call.id }));
  },
};

/** What both create and update may say. */
function settings(inputs: Props) {
  const probing = CHECKED.includes(inputs.type);
  return {
    ChildHealthChecks: inputs.childHealthchecks,
    Disabled: inputs.disabled,
    EnableSNI: inputs.type.startsWith("HTTPS") ? inputs.enableSni : undefined,
    FailureThreshold: probing ? inputs.failureThreshold : undefined,
    FullyQualifiedDomainName: inputs.fqdn,
    HealthThreshold: inputs.childHealthThreshold,
    IPAddress: inputs.ipAddress,
    Inverted: inputs.invertHealthcheck,
    Port: inputs.port,
    Regions: inputs.regions,
    ResourcePath: inputs.resourcePath,
    SearchString: inputs.searchString,
  };
}
