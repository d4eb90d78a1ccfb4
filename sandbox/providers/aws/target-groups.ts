import type { Props } from "../runtime/types";
import { isUnknown } from "../runtime/values";
import { unless } from "./errors";
import type { Call, Spec } from "./resource";
import { isPlain, isSet } from "./shapes";
import { elbTags, fromList, toList } from "./tags";
import { retrying } from "./wait";

const GONE = ["TargetGroupNotFound", "TargetGroupNotFoundException"];

/** Settings AWS keeps as attributes: key, kind of value; those with `initially` are sent on create only if they differ. */
const ATTRIBUTES: Record<
  string,
  { key: string; type: "boolean" | "number" | "string"; initially?: unknown }
> = {
  connectionTermination: { key: "deregistration_delay.connection_termination.enabled", type: "boolean" },
  deregistrationDelay: { key: "deregistration_delay.timeout_seconds", type: "number", initially: 300 },
  loadBalancingAlgorithmType: { key: "load_balancing.algorithm.type", type: "string" },
  loadBalancingCrossZoneEnabled: { key: "load_balancing.cross_zone.enabled", type: "string" },
  preserveClientIp: { key: "preserve_client_ip.enabled", type: "string" },
  proxyProtocolV2: { key: "proxy_protocol_v2.enabled", type: "boolean", initially: false },
  slowStart: { key: "slow_start.duration_seconds", type: "number", initially: 0 },
};

const CHECK_DEFAULTS = {
  enabled: true,
  healthyThreshold: 3,
  interval: 30,
  port: "traffic-port",
  protocol: "HTTP",
  unhealthyThreshold: 3,
};

/** Upstream: aws_lb_target_group. */
export const targetGroup: Spec = {
  inputs: [
    ...[
      "healthCheck",
      "ipAddressType",
      "name",
      "port",
      "protocol",
      "protocolVersion",
      "stickiness",
      "targetType",
      "vpcId",
    ],
    ...Object.keys(ATTRIBUTES),
  ],
  autoname: { property: "name", maxLength: 32 },
  defaults: { deregistrationDelay: 300, proxyProtocolV2: false, slowStart: 0, targetType: "instance" },
  filled: [
    ...[
      "connectionTermination",
      "healthCheck",
      "ipAddressType",
      "loadBalancingAlgorithmType",
      "loadBalancingCrossZoneEnabled",
    ],
    ...["preserveClientIp", "protocolVersion", "stickiness"],
  ],
  replaceOn: ["ipAddressType", "name", "port", "protocol", "protocolVersion", "targetType", "vpcId"],
  computed: ["arn", "arnSuffix", "loadBalancerArns", "loadBalancingAnomalyMitigation", "namePrefix"],
  tags: elbTags,
  prepare: (inputs) =>
    isPlain(inputs.healthCheck)
      ? { ...inputs, healthCheck: { ...CHECK_DEFAULTS, ...inputs.healthCheck } }
      : inputs,
  validate: (inputs) => [
    ...["port", "protocol", "vpcId"]
      .filter((name) => !isSet(inputs[name]) && inputs.targetType !== "lambda")
      .map((property) => ({ property, reason: `must be given where targetType is "${inputs.targetType}"` })),
    ...(isUnknown(inputs.name) || /^[a-zA-Z0-9]([a-zA-Z0-9-]{0,30}[a-zA-Z0-9])?$/.test(inputs.name)
      ? []
      : [{ property: "name", reason: `"${inputs.name}": at most 32 letters, digits and inner hyphens` }]),
  ],
  async create(call) {
    const { inputs } = call;
    const { TargetGroups } = await call.elb.createTargetGroup({
      Name: inputs.name,
      Port: inputs.port,
      Protocol: inputs.protocol,
      ProtocolVersion: inputs.protocolVersion,
      IpAddressType: inputs.ipAddressType,
      TargetType: inputs.targetType,
      VpcId: inputs.vpcId,
      ...healthCheck(inputs),
      Tags: toList(call.tags),
    });
    return TargetGroups![0].TargetGroupArn!;
  },
  async settle(call) {
    await attributes(call, (name) => String(call.inputs[name]) !== String(ATTRIBUTES[name].initially));
    if (isSet(call.inputs.stickiness)) await stickiness(call);
  },
  async read(call) {
    const answer = await unless(GONE, () => call.elb.describeTargetGroups({ TargetGroupArns: [call.id] }));
    const found = answer?.TargetGroups?.[0];
    if (!found) return undefined;
    const { Attributes } = await call.elb.describeTargetGroupAttributes({ TargetGroupArn: call.id });
    const tags = await call.elb.describeTags({ ResourceArns: [call.id] });
    const live = Object.fromEntries((Attributes ?? []).map((attribute) => [attribute.Key!, attribute.Value]));
    return {
      ...attributeOutputs(live),
      arn: call.id,
      arnSuffix: call.id.slice(call.id.indexOf("targetgroup/")),
      healthCheck: {
        enabled: found.HealthCheckEnabled ?? true,
        healthyThreshold: found.HealthyThresholdCount,
        interval: found.HealthCheckIntervalSeconds,
        matcher: found.Matcher?.HttpCode ?? found.Matcher?.GrpcCode ?? "",
        path: found.HealthCheckPath ?? "",
        port: found.HealthCheckPort,
        protocol: found.HealthCheckProtocol,
        timeout: found.HealthCheckTimeoutSeconds,
        unhealthyThreshold: found.UnhealthyThresholdCount,
      },
      ipAddressType: found.IpAddressType ?? "ipv4",
      loadBalancerArns: found.LoadBalancerArns ?? [],
      name: found.TargetGroupName,
      namePrefix: "",
      port: found.Port,
      protocol: found.Protocol,
      protocolVersion: found.ProtocolVersion ?? "",
      stickiness: {
        cookieDuration: Number(live["stickiness.lb_cookie.duration_seconds"] ?? 0),
        cookieName: live["stickiness.app_cookie.cookie_name"] ?? "",
        enabled: live["stickiness.enabled"] === "true",
        type: live["stickiness.type"] ?? "",
      },
      tagsAll: fromList(tags.TagDescriptions?.[0]?.Tags),
      targetType: found.TargetType,
      vpcId: found.VpcId,
    };
  },
  async update(call) {
    if (call.changed("healthCheck"))
      await call.elb.modifyTargetGroup({ TargetGroupArn: call.id, ...healthCheck(call.inputs) });
    await attributes(call, (name) => call.changed(name));
    if (call.changed("stickiness")) await stickiness(call);
  },
  async delete(call) {
    const remove = () => unless(GONE, () => call.elb.deleteTargetGroup({ TargetGroupArn: call.id }));
    await retrying(["ResourceInUse", "ResourceInUseException"], call.seconds(120), call.signal, remove);
  },
};

function healthCheck(inputs: Props) {
  const check = inputs.healthCheck;
  if (!isSet(check)) return {};
  const http = check.protocol !== "TCP";
  const code = { [inputs.protocolVersion === "GRPC" ? "GrpcCode" : "HttpCode"]: check.matcher };
  return {
    HealthCheckEnabled: check.enabled,
    HealthCheckIntervalSeconds: check.interval,
    HealthCheckPath: http ? check.path || undefined : undefined,
    HealthCheckPort: String(check.port),
    HealthCheckProtocol: check.protocol,
    HealthCheckTimeoutSeconds: check.timeout || undefined,
    HealthyThresholdCount: check.healthyThreshold,
    Matcher: http && check.matcher ? code : undefined,
    UnhealthyThresholdCount: check.unhealthyThreshold,
  };
}

async function attributes(call: Call, wanted: (name: string) => boolean): Promise<void> {
  const Attributes = Object.entries(ATTRIBUTES)
    .filter(([name]) => call.inputs[name] !== undefined && wanted(name))
    .map(([name, { key }]) => ({ Key: key, Value: String(call.inputs[name]) }));
  if (Attributes.length) await call.elb.modifyTargetGroupAttributes({ TargetGroupArn: call.id, Attributes });
}

async function stickiness(call: Call): Promise<void> {
  const wanted = call.inputs.stickiness;
  const cookie = wanted.type === "app_cookie" ? "app_cookie" : "lb_cookie";
  const Attributes = [
    { Key: "stickiness.enabled", Value: String(wanted.enabled ?? true) },
    { Key: "stickiness.type", Value: wanted.type },
    ...(wanted.cookieDuration
      ? [{ Key: `stickiness.${cookie}.duration_seconds`, Value: String(wanted.cookieDuration) }]
      : []),
    ...(wanted.cookieName ? [{ Key: "stickiness.app_cookie.cookie_name", Value: wanted.cookieName }] : []),
  ];
  await call.elb.modifyTargetGroupAttributes({ TargetGroupArn: call.id, Attributes });
}

function attributeOutputs(live: Record<string, string | undefined>): Props {
  const outputs: Props = {};
  for (const [name, { key, type }] of Object.entries(ATTRIBUTES)) {
    const value = live[key];
    if (value === undefined) continue;
    if (type === "boolean") outputs[name] = value === "true";
    else outputs[name] = type === "number" ? Number(value) : value;
  }
  return outputs;
}

/** Upstream: aws_lb_target_group_attachment. */
export const targetGroupAttachment: Spec = {
  inputs: ["availabilityZone", "port", "targetGroupArn", "targetId"],
  required: ["targetGroupArn", "targetId"],
  replaceOn: ["availabilityZone", "port", "targetGroupArn", "targetId"],
  computed: [],
  imported: (id) => {
    throw new Error(
      `a target group attachment cannot be imported (${id}): AWS gives it no id, and upstream neither`,
    );
  },
  async create(call) {
    const register = () =>
      call.elb.registerTargets({
        TargetGroupArn: call.inputs.targetGroupArn,
        Targets: [target(call.inputs)],
      });
    await retrying(["InvalidTarget", "InvalidTargetException"], 600, call.signal, register);
    return `${call.inputs.targetGroupArn}-${Date.now()}${Math.random().toString(16).slice(2, 10)}`;
  },
  async read(call) {
    const { targetGroupArn: TargetGroupArn } = call.inputs;
    const find = () => call.elb.describeTargetHealth({ TargetGroupArn, Targets: [target(call.inputs)] });
    const found = (await unless([...GONE, "InvalidTarget", "InvalidTargetException"], find))
      ?.TargetHealthDescriptions?.[0];
    const gone = ["Target.NotRegistered", "Target.DeregistrationInProgress"];
    if (!found || gone.includes(found.TargetHealth?.Reason ?? "")) return undefined;
    return { targetGroupArn: TargetGroupArn, targetId: call.inputs.targetId };
  },
  async delete(call) {
    const { targetGroupArn: TargetGroupArn } = call.inputs;
    const absent = [...GONE, "InvalidTarget", "InvalidTargetException"];
    await unless(absent, () =>
      call.elb.deregisterTargets({ TargetGroupArn, Targets: [target(call.inputs)] }),
    );
  },
};

function target({ targetId: Id, port: Port, availabilityZone: AvailabilityZone }: Props) {
  return { Id, Port, AvailabilityZone };
}
