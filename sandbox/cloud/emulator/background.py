"""What AWS does by itself after a call: groups refill, load balancers get their interfaces."""

import time

from moto.autoscaling.models import autoscaling_backends
from moto.ec2.models import ec2_backends

from . import autoscaling, balancer_interfaces, gateways, settings

_REMEMBERED = 3600  # seconds
_SERVICES = {"ec2", "autoscaling", "elasticloadbalancing"}


def settle(service: str, region: str) -> None:
    """Bring a region to rest after a mutation in it. Hold the lock."""
    if service not in _SERVICES:
        return
    if region in autoscaling_backends[settings.ACCOUNT]:
        autoscaling.reconcile(region)
    if region in ec2_backends[settings.ACCOUNT]:
        balancer_interfaces.sync(region)
        _forget_terminated(ec2_backends[settings.ACCOUNT][region])
        gateways.forget_deleted(ec2_backends[settings.ACCOUNT][region], time.monotonic() - _REMEMBERED)


def _forget_terminated(backend) -> None:
    """AWS describes a terminated instance for about an hour."""
    end = time.monotonic() - _REMEMBERED
    for reservation in list(backend.reservations.values()):
        if all(getattr(one, "terminated", time.monotonic()) < end for one in reservation.instances):
            backend.reservations.pop(reservation.id)
            for instance in reservation.instances:
                backend.tags.pop(instance.id, None)
