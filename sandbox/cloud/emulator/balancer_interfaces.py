"""A load balancer owns one interface in each of its subnets, as on AWS: they take addresses that no instance can get,
hold subnet and security group in use, and are where its public addresses hang."""

from moto.ec2.models import ec2_backends
from moto.elb.models import elb_backends
from moto.elbv2.models import elbv2_backends

from . import addresses, interfaces, settings


def sync(region: str) -> None:
    """Make the interfaces of a region's load balancers what they should be."""
    backend = ec2_backends[settings.ACCOUNT][region]
    wanted = {(description, subnet): rest for description, subnet, *rest in _wanted(region)}
    have = {}
    for eni in list(backend.enis.values()):
        if eni.requester_id == interfaces.BALANCER_REQUESTER:
            key = (eni.description, eni.subnet.id)
            if key in wanted:
                have[key] = eni
            else:
                interfaces.forget(eni)
    for key, (name, scheme, groups) in wanted.items():
        eni = have.get(key)
        if eni is None:
            eni = backend.create_network_interface(backend.get_subnet(key[1]), None, description=key[0])
            eni.requester_managed, eni.requester_id, eni.status = (
                True,
                interfaces.BALANCER_REQUESTER,
                "in-use",
            )
            eni.interface_type = "network_load_balancer" if key[0].startswith("ELB net/") else "interface"
            eni.requester = name
            if scheme == "internet-facing":
                eni.public_ip = addresses.next_balancer_address()
        eni._group_set = [backend.get_security_group_from_id(group) for group in groups]


def _wanted(region: str):
    for balancer in elb_backends[settings.ACCOUNT][region].load_balancers.values():
        for subnet in balancer.subnets:
            yield f"ELB {balancer.name}", subnet, balancer.name, balancer.scheme, list(balancer.security_groups)
    for balancer in elbv2_backends[settings.ACCOUNT][region].load_balancers.values():
        description = "ELB " + balancer.arn.split("loadbalancer/", 1)[1]
        for subnet in balancer.subnets:
            yield description, subnet.id, balancer.name, balancer.scheme, list(balancer.security_groups or [])
