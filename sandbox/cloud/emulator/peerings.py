"""VPC peering connections: asked for in one region, accepted in the other, tagged in each by itself, deleted in either."""

from ipaddress import ip_network

from moto.ec2.exceptions import EC2ClientError, InvalidVPCPeeringConnectionStateTransitionError
from moto.ec2.models import EC2Backend
from moto.ec2.models.vpc_peering_connections import VPCPeeringConnection

from .patching import adds, replaces

#: States in which a connection is, or may yet come, alive.
LIVE = ("initiating-request", "pending-acceptance", "provisioning", "active")

# The region whose call is under way: one call at a time touches moto.
_asking: list = [None]


def _not_found(peering_id: str) -> EC2ClientError:
    return EC2ClientError(
        "InvalidVpcPeeringConnectionID.NotFound", f"The vpcPeeringConnection ID '{peering_id}' does not exist"
    )


def _not_permitted(text: str) -> EC2ClientError:
    return EC2ClientError("OperationNotPermitted", text)


def check_route(backend, route_table_id: str, peering_id: str | None) -> None:
    """Refuse a route to a connection that is gone, or that does not begin in the table's network."""
    if not peering_id:
        return
    peering, table = backend.get_vpc_peering_connection(peering_id), backend.get_route_table(route_table_id)
    if peering._status.code not in LIVE:
        raise _not_found(peering_id)
    if table.vpc_id not in (peering.vpc.id, peering.peer_vpc.id):
        raise EC2ClientError(
            "InvalidParameterValue",
            f"route table {route_table_id} and peering connection {peering_id} belong to different networks",
        )


def _check_options(backend, peering, accepter, requester) -> None:
    if peering._status.code != "active":
        raise _not_permitted(
            f"Peering {peering.id} is not active. Peering options can be added only to active peerings."
        )
    for side, vpc, wanted in (("accepter", peering.peer_vpc, accepter), ("requester", peering.vpc, requester)):
        if wanted and vpc.region != backend.region_name:
            raise _not_permitted(
                f"Incorrect region ({backend.region_name}) specified for this request. The {side}'s options of VPC "
                f"peering connection {peering.id} must be modified in region {vpc.region}"
            )


def install() -> None:
    # Each region keeps tags of its own for a connection that it shares with another.
    @adds(VPCPeeringConnection, "get_tags")
    def get_tags(self):
        return (_asking[0] or self.ec2_backend).describe_tags(filters={"resource-id": [self.id]})

    @replaces(EC2Backend, "create_vpc_peering_connection")
    def create(original, self, vpc, peer_vpc, tags=None):
        _asking[0] = self
        for one in self.vpc_pcxs.values():
            if (one.vpc.id, one.peer_vpc.id) == (vpc.id, peer_vpc.id) and one._status.code in LIVE:
                return one  # as AWS does: the connection that is there
        made = original(self, vpc, peer_vpc, tags)
        if ip_network(vpc.cidr_block).overlaps(ip_network(peer_vpc.cidr_block)):
            made._status.code = "failed"
            made._status.message = "Failed due to incorrect VPC-ID, Account ID, or overlapping CIDR range"
        return made

    @replaces(EC2Backend, "get_vpc_peering_connection")
    def get(original, self, vpc_pcx_id):
        if vpc_pcx_id not in self.vpc_pcxs:
            raise _not_found(vpc_pcx_id)
        return self.vpc_pcxs[vpc_pcx_id]

    @replaces(EC2Backend, "describe_vpc_peering_connections")
    def describe(original, self, vpc_peering_ids=None):
        _asking[0] = self
        return original(self, [self.get_vpc_peering_connection(one).id for one in vpc_peering_ids or []])

    @replaces(EC2Backend, "accept_vpc_peering_connection")
    def accept(original, self, vpc_pcx_id):
        _asking[0] = self
        return original(self, vpc_pcx_id)

    @replaces(EC2Backend, "delete_vpc_peering_connection")
    def delete(original, self, vpc_pcx_id):
        if self.get_vpc_peering_connection(vpc_pcx_id)._status.code not in LIVE:
            raise InvalidVPCPeeringConnectionStateTransitionError(vpc_pcx_id)
        return original(self, vpc_pcx_id)

    @replaces(EC2Backend, "modify_vpc_peering_connection_options")
    def modify(original, self, vpc_pcx_id, accepter_options=None, requester_options=None):
        peering = self.get_vpc_peering_connection(vpc_pcx_id)
        _check_options(self, peering, accepter_options, requester_options)
        return original(self, vpc_pcx_id, accepter_options, requester_options)
