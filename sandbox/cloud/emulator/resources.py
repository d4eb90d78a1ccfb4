"""What a call concerns: ARNs, with the tags that conditions may ask for."""

from collections.abc import Callable

from . import resources_balancers, resources_ec2, resources_named
from .asked import Asked
from .resource import Resource

_READERS: dict[str, Callable[[Asked], list[Resource]]] = {
    "ec2": resources_ec2.of,
    "elasticloadbalancing": resources_balancers.balancers,
    "autoscaling": resources_balancers.groups,
    "ssm": resources_named.parameters,
    "s3": resources_named.objects,
    "iam": resources_named.identities,
    "sts": resources_named.identities,
    "route53": resources_named.zones,
}
# Their Describe… know no resource on AWS, whatever they name: a policy has to allow them on *.
_DESCRIBE_ALL = {"ec2", "elasticloadbalancing", "autoscaling"}


def of(asked: Asked) -> list[Resource]:
    """All that have to be allowed; the one resource * where an action knows none, or we do not."""
    reader = _READERS.get(asked.service)
    if reader is None or (asked.service in _DESCRIBE_ALL and asked.action.startswith("Describe")):
        return [Resource("*")]
    return reader(asked) or [Resource("*")]
