"""The whole cloud in one answer: what the reconciler makes machines, routers, load balancers and names from."""

from moto.ec2.models import ec2_backends
from moto.route53.models import route53_backends

from . import clock, settings, state_balancers, state_dns, state_machines, state_network


def cloud() -> dict:
    """CloudState of sandbox/cloud/state.ts. Hold the lock."""
    regions = {}
    for name in sorted(ec2_backends[settings.ACCOUNT]):
        region = _region(name)
        if any(region.values()):
            regions[name] = region
    dns = route53_backends[settings.ACCOUNT]["aws"]
    return {
        "version": clock.version(),
        "account": settings.ACCOUNT,
        "regions": regions,
        "zones": state_dns.zones(dns),
        "healthChecks": state_dns.health_checks(dns),
    }


def _region(name: str) -> dict:
    ec2 = ec2_backends[settings.ACCOUNT][name]
    return {
        "vpcs": state_network.vpcs(ec2),
        "subnets": state_network.subnets(ec2),
        "internetGateways": state_network.internet_gateways(ec2),
        "natGateways": state_network.nat_gateways(ec2),
        "peerings": state_network.peerings(ec2),
        "routeTables": state_network.route_tables(ec2),
        "securityGroups": state_network.security_groups(ec2),
        "interfaces": state_machines.interfaces(ec2),
        "instances": state_machines.instances(ec2),
        "volumes": state_machines.volumes(ec2),
        "loadBalancers": state_balancers.load_balancers(name),
        "targetGroups": state_balancers.target_groups(name),
    }
