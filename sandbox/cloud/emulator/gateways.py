"""NAT gateways: an address of their subnet, an interface that AWS manages, and both gone with them, a while later."""

import threading
import time

from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models import EC2Backend
from moto.ec2.models import nat_gateways as model
from moto.ec2.responses.nat_gateways import NatGateways
from moto.ec2.utils import EC2_PREFIX_TO_RESOURCE

from . import clock, interfaces
from .patching import adds, replaces

#: Seconds from the call to the state it asks for; AWS takes a minute or two. Who does not wait is refused meanwhile.
_SETTLES = 1.0

# The private address that the call under way asks for. One call at a time touches moto.
_wanted: list[str | None] = [None]


def _not_permitted() -> EC2ClientError:
    return EC2ClientError("AuthFailure", "You do not have permission to access the specified resource.")


def _not_found(nat_gateway_id: str) -> EC2ClientError:
    return EC2ClientError("NatGatewayNotFound", f"NAT gateway {nat_gateway_id} was not found")


def _failure(backend, subnet, allocation_id: str) -> tuple[str, str] | None:
    """What AWS finds out only after it has answered the call: code and text of a gateway that fails."""
    if not any(one.vpc and one.vpc.id == subnet.vpc_id for one in backend.internet_gateways.values()):
        return "Gateway.NotAttached", f"Network {subnet.vpc_id} has no Internet gateway attached"
    address = backend.address_by_allocation([allocation_id])[0]
    if address.association_id:
        return "Resource.AlreadyAssociated", f"Elastic IP address [{allocation_id}] is already associated"
    return None


def _later(change) -> None:
    def run() -> None:
        with clock.state_lock:
            change()
            clock.bump()

    timer = threading.Timer(_SETTLES, run)
    timer.daemon = True
    timer.start()


def _settle(gateway) -> None:
    """The end of what the last call began, unless another has begun something else."""
    if gateway.state == "pending":
        gateway.state = "failed" if gateway.failure_code else "available"
    elif gateway.state == "deleting":
        gateway.state, gateway.deleted = "deleted", time.monotonic()
    if gateway.state in ("failed", "deleted"):
        interfaces.forget(gateway._eni)


def forget_deleted(backend, before: float) -> None:
    """AWS describes a deleted NAT gateway, with its tags, for about an hour."""
    for gateway in list(backend.nat_gateways.values()):
        if gateway.state == "deleted" and gateway.deleted < before:
            backend.nat_gateways.pop(gateway.id)
            backend.tags.pop(gateway.id, None)


def _is_managed(address) -> bool:
    return address.eni is not None and address.eni.requester_id == interfaces.NAT_REQUESTER


def install() -> None:
    EC2_PREFIX_TO_RESOURCE["nat"] = "natgateway"  # AWS's word in tags; moto's own one no caller knows
    adds(model, "random_private_ip")(lambda: _wanted[0])

    @replaces(NatGateways, "create_nat_gateway")
    def answer(original, self):
        _wanted[0] = self._get_param("PrivateIpAddress")
        try:
            return original(self)
        finally:
            _wanted[0] = None

    @replaces(EC2Backend, "create_nat_gateway")
    def create(original, self, subnet_id, allocation_id, tags=None, connectivity_type=None):
        subnet, kind = self.get_subnet(subnet_id), connectivity_type or "public"
        if kind == "public" and not allocation_id:
            raise EC2ClientError("MissingParameter", "The request must contain the parameter AllocationId")
        failure = _failure(self, subnet, allocation_id) if kind == "public" else None
        gateway = original(self, subnet_id, None if failure else allocation_id, tags, kind)
        gateway.state, gateway.deleted = "pending", None
        gateway.failure_code, gateway.failure_message = failure or (None, None)
        eni = gateway._eni
        eni.description = f"Interface for NAT Gateway {gateway.id}"
        eni.requester_managed, eni.interface_type, eni.status = True, "nat_gateway", "in-use"
        eni.requester_id, eni.requester = interfaces.NAT_REQUESTER, gateway.id
        eni.source_dest_check = False
        eni._group_set = []
        gateway.private_ip = eni.private_ip_address
        _later(lambda: _settle(gateway))
        return gateway

    @replaces(EC2Backend, "describe_nat_gateways")
    def describe(original, self, filters, nat_gateway_ids):
        unknown = [one for one in nat_gateway_ids or [] if one not in self.nat_gateways]
        if unknown:
            raise _not_found(unknown[0])
        return original(self, filters, nat_gateway_ids)

    @replaces(EC2Backend, "delete_nat_gateway")
    def delete(original, self, nat_gateway_id):
        gateway = self.nat_gateways.get(nat_gateway_id)
        if gateway is None:
            raise _not_found(nat_gateway_id)
        if gateway.state not in ("deleting", "deleted"):
            gateway.state = "deleting"
            _later(lambda: _settle(gateway))
        return gateway

    # The Elastic IP of a NAT gateway is AWS's to manage until the gateway is gone.
    @replaces(EC2Backend, "release_address")
    def release(original, self, address=None, allocation_id=None):
        found = (self.address_by_ip([address]) if address else self.address_by_allocation([allocation_id]))[0]
        if _is_managed(found):
            raise _not_permitted()
        return original(self, address, allocation_id)

    @replaces(EC2Backend, "disassociate_address")
    def disassociate(original, self, address=None, association_id=None):
        found = (self.address_by_ip([address]) if address else self.address_by_association([association_id]))[0]
        if _is_managed(found) and found.eni.id in self.enis:
            raise _not_permitted()
        return original(self, address, association_id)
