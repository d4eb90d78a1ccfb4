"""The state feed's load balancers and target groups, classic ones in the same shape as the newer kinds."""

import re

from moto.elb.models import elb_backends
from moto.elbv2.models import elbv2_backends

from . import names, settings

_CLASSIC_TARGET = re.compile(r"^(TCP|SSL|HTTP|HTTPS):(\d+)(/.*)?$")


def load_balancers(region: str) -> list[dict]:
    classic = elb_backends[settings.ACCOUNT][region].load_balancers.values()
    newer = elbv2_backends[settings.ACCOUNT][region].load_balancers.values()
    return [_classic(region, one) for one in classic] + [_newer(region, one) for one in newer]


def _classic(region: str, one) -> dict:
    return {
        "kind": "classic",
        "name": one.name,
        "arn": None,
        "dnsName": one.dns_name,
        "zoneId": names.balancer_zone(region, "classic"),
        "scheme": one.scheme,
        "vpc": one.vpc_id,
        "subnets": list(one.subnets),
        "groups": list(one.security_groups),
        "listeners": [
            {
                "port": int(listener.load_balancer_port),
                "protocol": str(listener.protocol).upper(),
                "targetPort": int(listener.instance_port),
                "targetGroup": None,
            }
            for listener in one.listeners
        ],
        "instances": list(dict.fromkeys(one.instance_ids)),
        "healthCheck": _classic_check(one.health_check),
        "crossZone": _truth(one.attributes["cross_zone_load_balancing"], "enabled"),
        "idleTimeout": int(_value(one.attributes["connection_settings"], "idle_timeout") or 60),
    }


def _value(attribute: dict, name: str):
    """moto holds its defaults by its own names and what a caller sets by AWS's."""
    return attribute.get("".join(word.capitalize() for word in name.split("_")), attribute.get(name))


def _truth(attribute: dict, name: str) -> bool:
    return str(_value(attribute, name)).lower() == "true"


def _classic_check(check) -> dict | None:
    match = _CLASSIC_TARGET.match(check.target) if check else None
    if match is None:
        return None
    protocol = {"SSL": "TCP"}.get(match[1], match[1])
    return {
        "protocol": protocol,
        "port": int(match[2]),
        "path": match[3] if protocol != "TCP" else None,
        "interval": int(check.interval),
        "timeout": int(check.timeout),
        "healthy": int(check.healthy_threshold),
        "unhealthy": int(check.unhealthy_threshold),
    }


def _newer(region: str, one) -> dict:
    return {
        "kind": one.type,
        "name": one.name,
        "arn": one.arn,
        "dnsName": one.dns_name,
        "zoneId": names.balancer_zone(region, one.type),
        "scheme": one.scheme,
        "vpc": one.vpc_id,
        "subnets": [subnet.id for subnet in one.subnets],
        "groups": list(one.security_groups or []),
        "listeners": [_listener(listener) for listener in one.listeners.values()],
        "instances": [],
        "healthCheck": None,
        "crossZone": str(one.attrs.get("load_balancing.cross_zone.enabled")).lower() == "true",
        "idleTimeout": int(one.attrs.get("idle_timeout.timeout_seconds") or (350 if one.type == "network" else 60)),
    }


def _listener(listener) -> dict:
    arn = None
    for action in listener.default_actions:
        data = getattr(action, "data", action)
        groups = (data.get("ForwardConfig") or {}).get("TargetGroups") or []
        arn = data.get("TargetGroupArn") or (groups[0].get("TargetGroupArn") if groups else None) or arn
    return {"port": int(listener.port), "protocol": listener.protocol, "targetPort": None, "targetGroup": arn}


def target_groups(region: str) -> list[dict]:
    return [_target_group(one) for one in elbv2_backends[settings.ACCOUNT][region].target_groups.values()]


def _target_group(one) -> dict:
    port = one.health_check_port
    protocol = one.health_check_protocol or "TCP"
    return {
        "arn": one.arn,
        "name": one.name,
        "protocol": one.protocol,
        "port": int(one.port),
        "vpc": one.vpc_id,
        "targetType": one.target_type,
        "preserveClientIp": str(one.attributes.get("preserve_client_ip.enabled", "false")).lower() == "true",
        "check": {
            "protocol": protocol if protocol in ("HTTP", "HTTPS") else "TCP",
            "port": "traffic" if port in (None, "traffic-port") else int(port),
            "path": one.health_check_path if protocol in ("HTTP", "HTTPS") else None,
            "interval": int(one.health_check_interval_seconds),
            "timeout": int(one.health_check_timeout_seconds),
            "healthy": int(one.healthy_threshold_count),
            "unhealthy": int(one.unhealthy_threshold_count),
        },
        "targets": [
            {"id": target["Id"], "port": int(target.get("Port") or one.port)} for target in one.targets.values()
        ],
    }
