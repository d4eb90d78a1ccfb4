"""Network interfaces: addresses, names and groups of their own, attached and detached as AWS does it."""

from moto.ec2.exceptions import EC2ClientError, InvalidSecurityGroupNotFoundError
from moto.ec2.models import elastic_network_interfaces as model
from moto.ec2.models import vpcs as vpc_model
from moto.ec2.models.elastic_ip_addresses import ElasticAddress, ElasticAddressBackend
from moto.ec2.models.elastic_network_interfaces import (
    NetworkInterface,
    NetworkInterfaceBackend,
)

from . import addresses, names
from .patching import adds, replaces

#: Who AWS says asked for an interface that it manages itself.
BALANCER_REQUESTER = "amazon-elb"
NAT_REQUESTER = "amazon-nat"


def in_use(eni) -> EC2ClientError:
    return EC2ClientError("InvalidNetworkInterface.InUse", f"Network interface '{eni.id}' is currently in use.")


def group_ids(eni) -> list[str]:
    return [group.id for group in eni.group_set]


def elastic_address_of(eni):
    """The Elastic IP on an interface; None if its address is drawn from the pool or it has none."""
    return next((address for address in eni.ec2_backend.addresses if address.eni is eni), None)


def forget(eni) -> None:
    """Remove an interface and what hangs on it; its Elastic IP stays allocated."""
    backend = eni.ec2_backend
    address = elastic_address_of(eni)
    backend.enis.pop(eni.id, None)
    backend.tags.pop(eni.id, None)
    if address:
        backend.disassociate_address(association_id=address.association_id)


def _groups(backend, subnet, ids: list[str]) -> list:
    if not ids:
        return [backend.get_default_security_group(subnet.vpc_id)]
    found = []
    for group_id in dict.fromkeys(ids):
        group = backend.get_security_group_from_id(group_id)
        if group is None:
            raise InvalidSecurityGroupNotFoundError(group_id)
        if group.vpc_id != subnet.vpc_id:
            raise EC2ClientError(
                "InvalidParameter",
                f"Security group {group_id} and subnet {subnet.id} belong to different networks.",
            )
        found.append(group)
    return found


def install() -> None:
    adds(vpc_model, "random_private_ip")(lambda: None)
    # The name needs the region, which moto's function does not know: `named` sets it right after.
    adds(model, "generate_dns_from_ip")(lambda ip, dns_type="internal": ip)

    @replaces(NetworkInterfaceBackend, "create_network_interface")
    def create(
        original,
        self,
        subnet,
        private_ip_address=None,
        private_ip_addresses=None,
        group_ids=None,
        *args,
        **kwargs,
    ):
        subnet = self.get_subnet(subnet) if isinstance(subnet, str) else subnet
        groups = _groups(self, subnet, group_ids or [])
        asked = [address for address in (private_ip_addresses or []) if address]
        primary = private_ip_address or next((a["PrivateIpAddress"] for a in asked if a.get("Primary")), None)
        primary = primary[0] if isinstance(primary, list) else primary
        if primary:
            addresses.check_private(self, subnet, primary)
        else:
            primary = addresses.next_private(self, subnet)
        others = [a["PrivateIpAddress"] for a in asked if not a.get("Primary")]
        for other in others:
            addresses.check_private(self, subnet, other)
        count = int(kwargs.pop("secondary_ips_count", None) or 0)
        eni = original(self, subnet, primary, None, [group.id for group in groups], *args, **kwargs)
        eni.private_ip_addresses = [{"Primary": True, "PrivateIpAddress": primary}]
        eni.private_ip_addresses += [{"Primary": False, "PrivateIpAddress": other} for other in others]
        for _ in range(count):
            eni.private_ip_addresses.append(
                {"Primary": False, "PrivateIpAddress": addresses.next_private(self, subnet)}
            )
        eni.device_index = None
        _name(eni)
        return eni

    @replaces(NetworkInterfaceBackend, "assign_private_ip_addresses")
    def assign(original, self, eni_id, private_ip_addresses=None, secondary_ips_count=None):
        eni = self.get_network_interface(eni_id)
        for address in private_ip_addresses or []:
            addresses.check_private(self, eni.subnet, address)
        for _ in range(int(secondary_ips_count or 0)):
            address = addresses.next_private(self, eni.subnet)
            eni.private_ip_addresses.append({"Primary": False, "PrivateIpAddress": address})
        original(self, eni_id, private_ip_addresses, None)
        _name(eni)
        return eni

    @replaces(NetworkInterfaceBackend, "delete_network_interface")
    def delete(original, self, eni_id):
        eni = self.get_network_interface(eni_id)
        if eni.requester_managed:
            raise EC2ClientError("OperationNotPermitted", "You are not allowed to manage 'ela-attach' attachments.")
        if eni.instance:
            raise in_use(eni)
        forget(eni)

    @replaces(NetworkInterfaceBackend, "attach_network_interface")
    def attach(original, self, eni_id, instance_id, device_index):
        eni = self.get_network_interface(eni_id)
        if eni.instance or eni.requester_managed:
            raise in_use(eni)
        return original(self, eni_id, instance_id, device_index)

    # An interface has its own groups; moto adds those of the instance, so a replaced group would never be let go.
    adds(NetworkInterface, "group_set")(property(lambda self: self._group_set))

    @adds(NetworkInterface, "association")
    @property
    def association(self):
        if not self.public_ip:
            return {}
        address = elastic_address_of(self)
        return {
            "AllocationId": address.allocation_id if address else None,
            "AssociationId": address.association_id if address else None,
            "IpOwnerId": self.ec2_backend.account_id if address else "amazon",
            "PublicIp": self.public_ip,
            "PublicDnsName": names.public_name(self.public_ip, self.ec2_backend.region_name),
        }

    # An address belongs to an interface; the instance is whichever has that interface just now.
    adds(ElasticAddress, "instance")(
        property(lambda self: self.eni.instance if self.eni else None, lambda self, value: None)
    )

    # Absent where there is none; an empty text reads as an association.
    adds(ElasticAddress, "instance_id")(property(lambda self: self.instance.id if self.instance else None))
    adds(ElasticAddress, "network_interface_id")(property(lambda self: self.eni.id if self.eni else None))

    @replaces(ElasticAddressBackend, "associate_address")
    def associate(original, self, instance=None, eni=None, address=None, allocation_id=None, reassociate=False):
        eip = (self.address_by_ip([address]) if address else self.address_by_allocation([allocation_id]))[0]
        eni = eni or instance.nics.get(0)
        if eip.eni and eip.eni is not eni and not reassociate:
            raise EC2ClientError(
                "Resource.AlreadyAssociated",
                f"resource {eip.allocation_id} is already associated with associate-id {eip.association_id}",
            )
        occupant = elastic_address_of(eni)
        if occupant and occupant is not eip:
            if not reassociate:
                raise EC2ClientError(
                    "Resource.AlreadyAssociated",
                    f"resource {eni.id} is already associated with associate-id {occupant.association_id}",
                )
            self.disassociate_address(association_id=occupant.association_id)
        if eip.eni and eip.eni is not eni:
            self.disassociate_address(association_id=eip.association_id)
        if not any(gateway.vpc and gateway.vpc.id == eni.vpc_id for gateway in self.internet_gateways.values()):
            raise EC2ClientError("Gateway.NotAttached", f"Network {eni.vpc_id} is not attached to any internet gateway")
        return original(self, None, eni, None, eip.allocation_id, True)

    @replaces(ElasticAddressBackend, "release_address")
    def release(original, self, address=None, allocation_id=None):
        eip = (self.address_by_ip([address]) if address else self.address_by_allocation([allocation_id]))[0]
        if eip.association_id and eip.eni:
            raise EC2ClientError(
                "InvalidIPAddress.InUse",
                f"Address {eip.public_ip} is in use by {eip.eni.id} and cannot be released.",
            )
        original(self, address, allocation_id)


def _name(eni) -> None:
    region = eni.ec2_backend.region_name
    eni.private_dns_name = names.private_name(eni.private_ip_address, region)
    for address in eni.private_ip_addresses:
        address["PrivateDnsName"] = names.private_name(address["PrivateIpAddress"], region)
