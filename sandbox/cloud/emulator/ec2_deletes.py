"""What is in use cannot be deleted: the refusals by which a wrong order of deletes shows."""

from moto.ec2.exceptions import (
    DependencyViolationError,
    EC2ClientError,
    InvalidVPCIdError,
)
from moto.ec2.models import EC2Backend
from moto.elb.models import elb_backends
from moto.elbv2.models import elbv2_backends

from . import interfaces
from .patching import replaces


def _in_subnet(backend, subnet_id: str) -> bool:
    return any(eni.subnet.id == subnet_id for eni in backend.enis.values()) or any(
        gateway.subnet_id == subnet_id and gateway.state not in ("deleted", "failed")
        for gateway in backend.nat_gateways.values()
    )


def group_users(backend, group_id: str) -> list[str]:
    """Ids of what holds a security group: interfaces, load balancers, other groups whose rules name it."""
    users = [eni.id for eni in backend.enis.values() if group_id in interfaces.group_ids(eni)]
    account, region = backend.account_id, backend.region_name
    users += [
        one.name for one in elb_backends[account][region].load_balancers.values() if group_id in one.security_groups
    ]
    users += [
        one.arn
        for one in elbv2_backends[account][region].load_balancers.values()
        if group_id in (one.security_groups or [])
    ]
    for groups in backend.groups.values():
        for group in groups.values():
            rules = group.ingress_rules + group.egress_rules
            if group.id != group_id and any((rule.source_group or {}).get("GroupId") == group_id for rule in rules):
                users.append(group.id)
    return users


def _vpc_dependants(backend, vpc_id: str) -> list[str]:
    found = [subnet.id for subnet in backend.describe_subnets(filters={"vpc-id": vpc_id})]
    found += [gateway.id for gateway in backend.internet_gateways.values() if gateway.vpc and gateway.vpc.id == vpc_id]
    found += [gateway.id for gateway in backend.egress_only_internet_gateways.values() if gateway.vpc_id == vpc_id]
    found += [eni.id for eni in backend.enis.values() if eni.vpc_id == vpc_id]
    found += [group.id for group in backend.groups.get(vpc_id, {}).values() if group.name != "default"]
    found += [
        table.id
        for table in backend.route_tables.values()
        if table.vpc_id == vpc_id and table.main_association_id is None
    ]
    found += [end.id for end in backend.vpc_end_points.values() if end.vpc_id == vpc_id and end.state != "deleted"]
    for peering in backend.vpc_pcxs.values():
        if peering._status.code == "active" and vpc_id in (peering.vpc.id, peering.peer_vpc.id):
            found.append(peering.id)
    found += [acl.id for acl in backend.network_acls.values() if acl.vpc_id == vpc_id and not is_default(acl)]
    for groups in backend.groups.values():
        for group in groups.values():
            if group.vpc_id != vpc_id:
                continue
            found += [
                user for user in group_users(backend, group.id) if user not in found and not user.startswith("sg-")
            ]
    return found


def is_default(acl) -> bool:
    return str(acl.default).lower() == "true"


def install() -> None:
    @replaces(EC2Backend, "delete_vpc")
    def delete_vpc(original, self, vpc_id):
        if vpc_id not in self.vpcs:
            raise InvalidVPCIdError(vpc_id)
        if _vpc_dependants(self, vpc_id):
            raise DependencyViolationError(f"The vpc '{vpc_id}' has dependencies and cannot be deleted.")
        for group in list(self.groups.get(vpc_id, {}).values()):
            self.groups[vpc_id].pop(group.id)
        for table in [table for table in self.route_tables.values() if table.vpc_id == vpc_id]:
            self.route_tables.pop(table.id)
        for acl in [acl for acl in self.network_acls.values() if acl.vpc_id == vpc_id]:
            self.network_acls.pop(acl.id)
        self.groups.pop(vpc_id, None)
        vpc = self.vpcs.pop(vpc_id)
        self.tags.pop(vpc_id, None)
        if vpc.dhcp_options:
            vpc.dhcp_options.vpc = None  # a set of the account's own stays, as on AWS
        return vpc

    @replaces(EC2Backend, "delete_subnet")
    def delete_subnet(original, self, subnet_id):
        self.get_subnet(subnet_id)
        if _in_subnet(self, subnet_id):
            raise DependencyViolationError(f"The subnet '{subnet_id}' has dependencies and cannot be deleted.")
        for table in self.route_tables.values():
            for association in [key for key, value in table._associations.items() if value == subnet_id]:
                table._associations.pop(association)
        for acl in self.network_acls.values():
            for association in [key for key in acl._associations if acl._associations[key].subnet_id == subnet_id]:
                acl._associations.pop(association)
        self.tags.pop(subnet_id, None)
        return original(self, subnet_id)

    @replaces(EC2Backend, "delete_security_group")
    def delete_security_group(original, self, name=None, group_id=None):
        found = self.get_security_group_from_id(group_id) if group_id else self.get_security_group_by_name_or_id(name)
        if found is not None:
            if found.name == "default":
                raise EC2ClientError(
                    "CannotDelete",
                    f'the specified group: "{found.id}" name: "default" cannot be deleted by a user',
                )
            if group_users(self, found.id):
                raise DependencyViolationError(f"resource {found.id} has a dependent object")
            self.tags.pop(found.id, None)
            for rule in found.ingress_rules + found.egress_rules:
                self.tags.pop(rule.id, None)
        return original(self, name, group_id)

    @replaces(EC2Backend, "detach_internet_gateway")
    def detach_internet_gateway(original, self, internet_gateway_id, vpc_id):
        mapped = [eni for eni in self.enis.values() if eni.vpc_id == vpc_id and eni.public_ip]
        if mapped:
            raise DependencyViolationError(
                f"Network {vpc_id} has some mapped public address(es). Please unmap those public address(es) before "
                "detaching the gateway."
            )
        return original(self, internet_gateway_id, vpc_id)

    @replaces(EC2Backend, "delete_route_table")
    def delete_route_table(original, self, route_table_id):
        table = self.get_route_table(route_table_id)
        if table._associations or table.main_association_id:
            raise DependencyViolationError(f"The routeTable '{route_table_id}' has dependencies and cannot be deleted.")
        self.tags.pop(route_table_id, None)
        return original(self, route_table_id)

    for name in ("delete_internet_gateway", "delete_volume", "delete_launch_template"):
        _drops_tags(name)


def _drops_tags(name: str) -> None:
    """moto keeps the tags of what is gone, and an audit would find them for ever."""

    @replaces(EC2Backend, name)
    def delete(original, self, *args, **kwargs):
        answer = original(self, *args, **kwargs)
        gone = getattr(answer, "id", None) or (args[0] if args else None)
        self.tags.pop(gone, None)
        return answer
