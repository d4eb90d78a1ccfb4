"""Security group rules are equal when they mean the same: a duplicate is refused, a removal finds its rule."""

from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models import EC2Backend
from moto.ec2.models.security_groups import SecurityGroupRule

from .patching import adds, replaces


def meaning(rule) -> tuple:
    """What a rule lets through; its description and id are no part of it."""
    every = str(rule.ip_protocol) == "-1"
    return (
        rule.ip_protocol,
        None if every else rule.from_port,
        None if every else rule.to_port,
        (rule.ip_range or {}).get("CidrIp"),
        (rule.ip_range or {}).get("CidrIpv6"),
        (rule.source_group or {}).get("GroupId"),
        rule.prefix_list_id,
    )


def install() -> None:
    @adds(SecurityGroupRule, "__eq__")
    def equal(self, other):
        return isinstance(other, SecurityGroupRule) and meaning(self) == meaning(other)

    adds(SecurityGroupRule, "__hash__")(lambda self: hash(meaning(self)))

    @replaces(EC2Backend, "create_security_group")
    def create(original, self, name, description, vpc_id=None, *args, **kwargs):
        if not vpc_id and not kwargs.get("is_default"):
            raise EC2ClientError("VPCIdNotSpecified", "No default VPC for this user")
        if name == "default" and not kwargs.get("is_default"):
            raise EC2ClientError("InvalidParameterValue", "Cannot use reserved security group name: default")
        return original(self, name, description, vpc_id, *args, **kwargs)
