"""What AWS does by itself after a call: groups refill, load balancers get their interfaces."""

from moto.autoscaling.models import autoscaling_backends
from moto.ec2.models import ec2_backends

from . import autoscaling, balancer_interfaces, settings

_SERVICES = {"ec2", "autoscaling", "elasticloadbalancing"}


def settle(service: str, region: str) -> None:
    """Bring a region to rest after a mutation in it. Hold the lock."""
    if service not in _SERVICES:
        return
    if region in autoscaling_backends[settings.ACCOUNT]:
        autoscaling.reconcile(region)
    if region in ec2_backends[settings.ACCOUNT]:
        balancer_interfaces.sync(region)
