"""Network and application load balancers: names and defaults by kind, health as the data plane measured it."""

import threading

import moto.elbv2.models as model
from moto.elbv2.models import ELBv2Backend, FakeTargetGroup

from . import health, names
from .patching import adds, replaces

_making = threading.local()


def install() -> None:
    @replaces(model, "make_arn_for_load_balancer")
    def arn(original, **kwargs):
        made = original(**kwargs)
        return made.replace("/app/", "/net/") if getattr(_making, "kind", None) == "network" else made

    @replaces(ELBv2Backend, "create_load_balancer")
    def create(original, self, *args, **kwargs):
        name, kind = kwargs["name"], kwargs.get("loadbalancer_type") or "application"
        if any(balancer.name == name for balancer in self.load_balancers.values()):
            raise model.RESTError(
                "DuplicateLoadBalancerName",
                f"A load balancer with the same name '{name}' exists, but with different settings",
            )
        kwargs["scheme"] = kwargs.get("scheme") or "internet-facing"
        kwargs["loadbalancer_type"] = kind
        kwargs["ip_address_type"] = kwargs.get("ip_address_type") or "ipv4"
        _check_groups(self, kwargs.get("security_groups"))
        _making.kind = kind
        try:
            balancer = original(self, *args, **kwargs)
        finally:
            _making.kind = None
        balancer.security_groups = list(kwargs.get("security_groups") or [])
        balancer_id = balancer.arn.rsplit("/", 1)[1]
        balancer.canonical_hosted_zone_id = names.balancer_zone(self.region_name, kind)
        if kind == "network":
            balancer.dns_name = names.network_name(name, self.region_name, balancer_id)
            balancer.attrs["dns_record.client_routing_policy"] = "any_availability_zone"
            balancer.attrs["access_logs.s3.enabled"] = "false"
        else:
            balancer.dns_name = names.classic_name(name, self.region_name, balancer.scheme, balancer.arn)
            balancer.attrs["load_balancing.cross_zone.enabled"] = "true"
        balancer.state = "active"  # a minute on AWS; here the data plane follows within the second
        return balancer

    @replaces(ELBv2Backend, "set_security_groups")
    def set_groups(original, self, arn, sec_groups):
        _check_groups(self, sec_groups)
        return original(self, arn, sec_groups)

    @replaces(ELBv2Backend, "delete_load_balancer")
    def delete(original, self, arn):
        balancer = self.load_balancers.get(arn)
        if balancer is None:
            return
        if balancer.attrs.get("deletion_protection.enabled") == "true":
            raise model.RESTError(
                "OperationNotPermitted",
                f"Load balancer '{arn}' cannot be deleted because deletion protection is enabled",
            )
        for group in self.target_groups.values():
            group.load_balancer_arns = [one for one in group.load_balancer_arns if one != arn]
        original(self, arn)  # its listeners live in it and go with it
        self.tagging_service.delete_all_tags_for_resource(arn)

    @replaces(ELBv2Backend, "create_target_group")
    def create_target_group(original, self, name, **kwargs):
        group = original(self, name, **kwargs)
        _defaults(group, kwargs)
        return group

    @replaces(ELBv2Backend, "delete_target_group")
    def delete_target_group(original, self, target_group_arn):
        answer = original(self, target_group_arn)  # refuses one that a listener or rule uses
        self.tagging_service.delete_all_tags_for_resource(target_group_arn)
        health.forget_targets(target_group_arn)
        return answer

    @adds(FakeTargetGroup, "deregister")
    def deregister(self, targets):
        # AWS takes the removal of what is not there as done; moto refuses it, and a retry would then fail.
        for target in targets:
            gone = self.targets.pop(target["Id"], None)
            if gone:
                self.deregistered_targets[target["Id"]] = gone

    @replaces(FakeTargetGroup, "health_for")
    def health_for(original, self, target, ec2_backend):
        status = original(self, target, ec2_backend)
        if status.status != "healthy":
            return status
        measured = health.of_target(self.arn, target["Id"])
        if not self.load_balancer_arns:
            status.status, status.reason = "unused", "Target.NotInUse"
            status.description = "Target group is not configured to receive traffic from the load balancer"
        elif measured is None:
            status.status, status.reason = "initial", "Elb.RegistrationInProgress"
            status.description = "Target registration is in progress"
        elif measured == "unhealthy":
            status.status, status.reason = "unhealthy", "Target.FailedHealthChecks"
            status.description = "Health checks failed"
        return status


def _defaults(group, asked: dict) -> None:
    """Where AWS's defaults hang on the protocol, which moto overlooks."""
    network = group.protocol in ("TCP", "TLS", "UDP", "TCP_UDP")
    if network and group.health_check_protocol in ("HTTP", "HTTPS"):
        group.health_check_timeout_seconds = asked.get("healthcheck_timeout_seconds") or 6
        group.health_check_path = group.health_check_path or "/"
        group.matcher = asked.get("matcher") or {"HttpCode": "200-399"}
    if network:
        preserve = group.target_type == "instance" or group.protocol in ("UDP", "TCP_UDP")
        group.attributes.update(
            {
                "preserve_client_ip.enabled": "true" if preserve else "false",
                "proxy_protocol_v2.enabled": "false",
                "deregistration_delay.connection_termination.enabled": "false",
                "target_health_state.unhealthy.connection_termination.enabled": "true",
                "target_health_state.unhealthy.draining_interval_seconds": "0",
            }
        )
        for attribute in (
            "load_balancing.algorithm.type",
            "slow_start.duration_seconds",
            "waf.fail_open.enabled",
        ):
            group.attributes.pop(attribute, None)


def _check_groups(backend, groups) -> None:
    for group in groups or []:
        if backend.ec2_backend.get_security_group_from_id(group) is None:
            raise model.RESTError("InvalidSecurityGroup", f"One or more security groups are invalid: {group}")
