"""Routes: an instance stands for its interface, and a target that is gone leaves a black hole."""

from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models import EC2Backend
from moto.ec2.models.route_tables import Route

from . import instances, peerings
from .patching import adds, replaces

_DEAD = ("terminated", "stopped", "stopping", "shutting-down")


def target(route) -> tuple[str, str | None]:
    """(kind, id) as the state feed names them."""
    if route.local:
        return "local", None
    if getattr(route, "instance", None):
        return "instance", route.instance.id
    if getattr(route, "interface", None):
        return "interface", route.interface.id
    if getattr(route, "nat_gateway", None):
        return "nat", route.nat_gateway.id
    if getattr(route, "vpc_pcx", None):
        return "peering", route.vpc_pcx.id
    return "gateway", getattr(getattr(route, "gateway", None), "id", None)


def _state(self) -> str:
    backend = self.route_table.ec2_backend
    kind, key = target(self)
    if kind == "instance":
        return "blackhole" if self.instance.state in _DEAD else "active"
    if kind == "interface":
        eni = backend.enis.get(key)
        running = eni is not None and eni.instance is not None and eni.instance.state not in _DEAD
        return "active" if running or (eni is not None and eni.requester_managed) else "blackhole"
    if kind == "nat":
        return "active" if self.nat_gateway.state == "available" else "blackhole"
    if kind == "gateway" and key and key.startswith("igw-"):
        gateway = backend.internet_gateways.get(key)
        attached = gateway is not None and gateway.vpc and gateway.vpc.id == self.route_table.vpc_id
        return "active" if attached else "blackhole"
    if kind == "peering":
        return "active" if self.vpc_pcx._status.code == "active" else "blackhole"
    return "active"


def install() -> None:
    adds(Route, "state")(property(_state))
    # AWS shows the interface beside the instance; who looks only at one of them finds it.
    adds(Route, "network_interface_id")(property(_interface_id))

    @replaces(EC2Backend, "create_route")
    def create(original, self, route_table_id, *args, **kwargs):
        instance_id, gateway_id = kwargs.get("instance_id"), kwargs.get("gateway_id")
        if instance_id:
            instance = self.get_instance(instance_id)
            if instance.state == "terminated" or instances.primary(instance) is None:
                raise EC2ClientError("InvalidInstanceID.NotFound", f"The instance ID '{instance_id}' does not exist")
        if gateway_id and gateway_id.startswith("igw-"):
            gateway, table = self.get_internet_gateway(gateway_id), self.get_route_table(route_table_id)
            if not gateway.vpc or gateway.vpc.id != table.vpc_id:
                raise EC2ClientError(
                    "InvalidParameterValue",
                    f"route table {route_table_id} and network gateway {gateway_id} belong to different networks",
                )
        _check_nat(self, route_table_id, kwargs.get("nat_gateway_id"))
        peerings.check_route(self, route_table_id, kwargs.get("vpc_peering_connection_id"))
        return original(self, route_table_id, *args, **kwargs)

    @replaces(EC2Backend, "replace_route")
    def replace(original, self, table_id, cidr, ipv6=None, prefix_list=None, nat_gateway_id=None, *args, **kwargs):
        _check_nat(self, table_id, nat_gateway_id)
        peerings.check_route(self, table_id, kwargs.get("vpc_peering_connection_id"))
        return original(self, table_id, cidr, ipv6, prefix_list, nat_gateway_id, *args, **kwargs)


def _check_nat(backend, route_table_id: str, nat_gateway_id: str | None) -> None:
    if not nat_gateway_id:
        return
    gateway = backend.nat_gateways.get(nat_gateway_id)
    if gateway is None or gateway.state == "deleted":
        raise EC2ClientError("InvalidNatGatewayID.NotFound", f"The natGateway ID '{nat_gateway_id}' does not exist")
    if gateway.vpc_id != backend.get_route_table(route_table_id).vpc_id:
        raise EC2ClientError(
            "InvalidParameterValue",
            f"route table {route_table_id} and network gateway {nat_gateway_id} belong to different networks",
        )


def _interface_id(self):
    if getattr(self, "interface", None):
        return self.interface.id
    if getattr(self, "instance", None):
        return getattr(instances.primary(self.instance), "id", None)
    return None
