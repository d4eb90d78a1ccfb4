"""Load balancers of both kinds with what belongs to them, and auto-scaling groups."""

from moto.autoscaling.models import autoscaling_backends
from moto.elb.models import elb_backends
from moto.elbv2.models import elbv2_backends

from . import settings
from .asked import Asked
from .resource import Resource, arn

_CLASSIC = r"LoadBalancerName|LoadBalancerNames\.member\.\d+"
_ARNS = r"(LoadBalancer|TargetGroup|Listener|Rule)Arn|ResourceArns\.member\.\d+"
_TYPES = {"application": "app", "network": "net", "gateway": "gwy"}


def balancers(asked: Asked) -> list[Resource]:
    classic = elb_backends[settings.ACCOUNT][asked.region].load_balancers
    newer = elbv2_backends[settings.ACCOUNT][asked.region].tagging_service
    found = []
    for name in asked.texts(_CLASSIC):
        balancer = classic.get(name)
        tags = dict(balancer.tags) if balancer else {}
        found.append(Resource(arn("elasticloadbalancing", asked.region, f"loadbalancer/{name}"), tags))
    found += [Resource(one, newer.get_tag_dict_for_resource(one)) for one in asked.texts(_ARNS)]
    return found or _new(asked)


def _new(asked: Asked) -> list[Resource]:
    """A load balancer or target group of the newer kind has an ARN of its own only when it is there."""
    name = asked.parameters.get("Name")
    if asked.action == "CreateLoadBalancer":
        kind = _TYPES.get(asked.parameters.get("Type", "application"), "*")
        return [Resource(arn("elasticloadbalancing", asked.region, f"loadbalancer/{kind}/{name}/*"))]
    if asked.action == "CreateTargetGroup":
        return [Resource(arn("elasticloadbalancing", asked.region, f"targetgroup/{name}/*"))]
    return []


def groups(asked: Asked) -> list[Resource]:
    known = autoscaling_backends[settings.ACCOUNT][asked.region].autoscaling_groups
    found = []
    for name in asked.texts("AutoScalingGroupName"):
        group = known.get(name)
        tags = {tag["Key"]: tag["Value"] for tag in group.tags} if group else {}
        new = arn("autoscaling", asked.region, f"autoScalingGroup:*:autoScalingGroupName/{name}")
        found.append(Resource(group.arn if group else new, tags))
    return found
