"""The state feed's networks: VPCs, subnets, gateways, routes, security groups."""

from . import peerings as connections
from . import routes
from .instances import is_true


def tags(ec2, resource_id: str) -> dict[str, str]:
    return dict(ec2.tags.get(resource_id, {}))


def vpcs(ec2) -> list[dict]:
    return [
        {
            "id": vpc.id,
            "cidr": vpc.cidr_block,
            "dnsSupport": is_true(vpc.enable_dns_support),
            "dnsHostnames": is_true(vpc.enable_dns_hostnames),
            "tags": tags(ec2, vpc.id),
        }
        for vpc in ec2.vpcs.values()
    ]


def subnets(ec2) -> list[dict]:
    return [
        {
            "id": subnet.id,
            "vpc": subnet.vpc_id,
            "cidr": subnet.cidr_block,
            "zone": subnet.availability_zone,
            "mapPublicIp": is_true(subnet.map_public_ip_on_launch),
            "routeTable": _route_table_of(ec2, subnet),
        }
        for subnet in ec2.describe_subnets()
    ]


def _route_table_of(ec2, subnet) -> str | None:
    """The associated route table, else the VPC's main one."""
    tables = [table for table in ec2.route_tables.values() if table.vpc_id == subnet.vpc_id]
    for table in tables:
        if subnet.id in table._associations.values():
            return table.id
    return next((table.id for table in tables if table.main_association_id), None)


def internet_gateways(ec2) -> list[dict]:
    return [{"id": one.id, "vpc": one.vpc.id if one.vpc else None} for one in ec2.internet_gateways.values()]


def nat_gateways(ec2) -> list[dict]:
    return [
        {
            "id": one.id,
            "subnet": one.subnet_id,
            "privateIp": one._eni.private_ip_address,
            "publicIp": one._eni.public_ip,
            "state": one.state,
        }
        for one in ec2.nat_gateways.values()
        if one.state not in ("deleted", "failed")
    ]


def peerings(ec2) -> list[dict]:
    """The connections that this region has an end of; one between two regions stands in both."""
    return [
        {
            "id": one.id,
            "state": one._status.code,
            "requester": _end(one.vpc, one.requester_options),
            "accepter": _end(one.peer_vpc, one.accepter_options),
        }
        for one in ec2.vpc_pcxs.values()
        if one._status.code in connections.LIVE
    ]


def _end(vpc, options: dict) -> dict:
    names = is_true(options.get("AllowDnsResolutionFromRemoteVpc"))
    return {"region": vpc.region, "vpc": vpc.id, "cidr": vpc.cidr_block, "privateNames": names}


def route_tables(ec2) -> list[dict]:
    return [
        {
            "id": table.id,
            "vpc": table.vpc_id,
            "main": table.main_association_id is not None,
            "routes": [_route(route) for route in table.routes if route.destination_cidr_block],
        }
        for table in ec2.route_tables.values()
    ]


def _route(route) -> dict:
    kind, target = routes.target(route)
    return {"destination": route.destination_cidr_block, "target": kind, "id": target, "state": route.state}


def security_groups(ec2) -> list[dict]:
    return [
        {
            "id": group.id,
            "vpc": group.vpc_id,
            "name": group.name,
            "ingress": [_rule(rule) for rule in group.ingress_rules],
            "egress": [_rule(rule) for rule in group.egress_rules],
        }
        for groups in ec2.groups.values()
        for group in groups.values()
    ]


def _rule(rule) -> dict:
    source = (rule.source_group or {}).get("GroupId")
    cidr = (rule.ip_range or {}).get("CidrIp") or (rule.ip_range or {}).get("CidrIpv6")
    return {
        "protocol": rule.ip_protocol,
        "from": None if rule.from_port is None else int(rule.from_port),
        "to": None if rule.to_port is None else int(rule.to_port),
        "cidrs": [cidr] if cidr else [],
        "groups": [source] if source else [],
    }
