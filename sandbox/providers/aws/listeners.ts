import type { Action } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { Props } from "../runtime/types";
import { unless } from "./errors";
import type { Call, Spec } from "./resource";
import { camel, isSet, pascal } from "./shapes";
import { elbTags, fromList, toList } from "./tags";
import { retrying } from "./wait";

const GONE = ["ListenerNotFound", "ListenerNotFoundException"];

/** Upstream: aws_lb_listener. */
export const listener: Spec = {
  inputs: [
    "alpnPolicy",
    "certificateArn",
    "defaultActions",
    "loadBalancerArn",
    "port",
    "protocol",
    "sslPolicy",
    "tcpIdleTimeoutSeconds",
  ],
  required: ["defaultActions", "loadBalancerArn"],
  filled: ["port", "protocol", "sslPolicy", "tcpIdleTimeoutSeconds"],
  replaceOn: ["loadBalancerArn"],
  computed: ["arn", "mutualAuthentication"],
  tags: elbTags,
  async create(call) {
    const input = {
      LoadBalancerArn: call.inputs.loadBalancerArn,
      ...listenerInput(call.inputs),
      Tags: toList(call.tags),
    };
    const codes = ["CertificateNotFound", "CertificateNotFoundException"];
    const { Listeners } = await retrying(codes, 300, call.signal, () => call.elb.createListener(input));
    return Listeners![0].ListenerArn!;
  },
  async settle(call) {
    if (isSet(call.inputs.tcpIdleTimeoutSeconds)) await idleTimeout(call);
  },
  async read(call) {
    const answer = await unless(GONE, () => call.elb.describeListeners({ ListenerArns: [call.id] }));
    const found = answer?.Listeners?.[0];
    if (!found) return undefined;
    const tags = await call.elb.describeTags({ ResourceArns: [call.id] });
    return {
      alpnPolicy: found.AlpnPolicy?.[0],
      arn: call.id,
      certificateArn: found.Certificates?.[0]?.CertificateArn,
      defaultActions: (found.DefaultActions ?? []).map((action, index) =>
        actionBlock(action, index, call.inputs.defaultActions?.[index]),
      ),
      loadBalancerArn: found.LoadBalancerArn,
      port: found.Port,
      protocol: found.Protocol,
      sslPolicy: found.SslPolicy ?? "",
      tagsAll: fromList(tags.TagDescriptions?.[0]?.Tags),
    };
  },
  async update(call) {
    if (call.changed("alpnPolicy", "certificateArn", "defaultActions", "port", "protocol", "sslPolicy")) {
      await call.elb.modifyListener({ ListenerArn: call.id, ...listenerInput(call.inputs) });
    }
    if (call.changed("tcpIdleTimeoutSeconds")) await idleTimeout(call);
  },
  async delete(call) {
    await unless(GONE, () => call.elb.deleteListener({ ListenerArn: call.id }));
  },
};

function listenerInput(inputs: Props) {
  return {
    AlpnPolicy: inputs.alpnPolicy ? [inputs.alpnPolicy] : undefined,
    Certificates: inputs.certificateArn ? [{ CertificateArn: inputs.certificateArn }] : undefined,
    DefaultActions: inputs.defaultActions.map(actionInput),
    Port: inputs.port,
    Protocol: inputs.protocol,
    SslPolicy: inputs.sslPolicy || undefined,
  };
}

async function idleTimeout(call: Call): Promise<void> {
  const Attributes = [{ Key: "tcp.idle_timeout.seconds", Value: String(call.inputs.tcpIdleTimeoutSeconds) }];
  await call.elb.modifyListenerAttributes({ ListenerArn: call.id, Attributes });
}

function actionInput(action: Props): Action {
  const { type, order, targetGroupArn, forward, redirect, fixedResponse } = action;
  const known = ["type", "order", "targetGroupArn", "forward", "redirect", "fixedResponse"];
  const other = Object.keys(action).filter((name) => !known.includes(name) && isSet(action[name]));
  if (other.length)
    throw new Error(`defaultActions: the sandbox's aws provider does not do ${other.join(", ")}`);
  return {
    Type: type,
    Order: order,
    TargetGroupArn: forward ? undefined : targetGroupArn,
    ForwardConfig: forward && {
      TargetGroups: forward.targetGroups.map(({ arn, weight }: Props) => ({
        TargetGroupArn: arn,
        Weight: weight,
      })),
      TargetGroupStickinessConfig: forward.stickiness && {
        Enabled: forward.stickiness.enabled ?? false,
        DurationSeconds: forward.stickiness.duration,
      },
    },
    RedirectConfig: redirect && pascal(redirect),
    FixedResponseConfig: fixedResponse && pascal(fixedResponse),
  };
}

/** In the form the program used: a target group by its ARN, or a `forward` block. */
function actionBlock(action: Action, index: number, declared: Props | undefined): Props {
  const groups = action.ForwardConfig?.TargetGroups ?? [];
  const simple = action.Type === "forward" && !declared?.forward;
  return {
    type: action.Type,
    // AWS numbers the actions where the program does not.
    order: declared?.order || (action.Order ?? index + 1) !== index + 1 ? action.Order : undefined,
    targetGroupArn: simple ? (action.TargetGroupArn ?? groups[0]?.TargetGroupArn) : undefined,
    forward:
      action.Type === "forward" && !simple
        ? {
            targetGroups: groups.map((one) => ({ arn: one.TargetGroupArn, weight: one.Weight ?? 1 })),
            stickiness: declared?.forward?.stickiness && {
              enabled: action.ForwardConfig?.TargetGroupStickinessConfig?.Enabled ?? false,
              duration: action.ForwardConfig?.TargetGroupStickinessConfig?.DurationSeconds,
            },
          }
        : undefined,
    redirect: action.RedirectConfig && camel(action.RedirectConfig),
    fixedResponse: action.FixedResponseConfig && camel(action.FixedResponseConfig),
  };
}
