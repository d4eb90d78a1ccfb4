"""NAT gateways: an address of their subnet, an interface that AWS manages, and both gone with them."""

from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models import EC2Backend

from . import interfaces
from .patching import replaces


def install() -> None:
    @replaces(EC2Backend, "create_nat_gateway")
    def create(original, self, subnet_id, allocation_id, *args, **kwargs):
        subnet = self.get_subnet(subnet_id)
        attached = (one for one in self.internet_gateways.values() if one.vpc and one.vpc.id == subnet.vpc_id)
        if allocation_id and not any(attached):
            raise EC2ClientError("Gateway.NotAttached", f"Network {subnet.vpc_id} has no Internet gateway attached")
        gateway = original(self, subnet_id, allocation_id, *args, **kwargs)
        eni = gateway._eni
        eni.description = f"Interface for NAT Gateway {gateway.id}"
        eni.requester_managed, eni.interface_type, eni.status = True, "nat_gateway", "in-use"
        eni.requester_id, eni.requester = interfaces.NAT_REQUESTER, gateway.id
        eni.source_dest_check = False
        eni._group_set = []
        gateway.private_ip = eni.private_ip_address
        return gateway

    @replaces(EC2Backend, "delete_nat_gateway")
    def delete(original, self, nat_gateway_id):
        if nat_gateway_id not in self.nat_gateways:
            raise EC2ClientError("NatGatewayNotFound", f"The Nat Gateway {nat_gateway_id} was not found")
        gateway = original(self, nat_gateway_id)
        interfaces.forget(gateway._eni)
        return gateway
