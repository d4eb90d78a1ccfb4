"""Addresses are drawn as AWS draws them: unique, never one that AWS keeps, public ones from ranges the box routes.

moto draws at random without a look at what is taken: a gateway's address, a neighbour's, an Elastic IP in 127/8.
"""

import ipaddress
import itertools
from collections.abc import Iterator

from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models import ec2_backends
from moto.ec2.models import elastic_ip_addresses as eip_model
from moto.ec2.models import elastic_network_interfaces as eni_model

from . import settings
from .patching import adds

_ELASTIC = [ipaddress.ip_network("203.0.113.0/24"), ipaddress.ip_network("54.213.0.0/16")]
_INSTANCE = [ipaddress.ip_network("54.214.0.0/16")]
_BALANCER = [ipaddress.ip_network("192.0.2.0/24"), ipaddress.ip_network("198.51.100.0/24")]

# The last one drawn, per subnet or pool: the next draw goes on from there, so that a name or an ARP entry of
# something just deleted is not someone else's a second later.
_last: dict[str, int] = {}


def _after(key: str, first: int, last: int) -> Iterator[int]:
    start = _last.get(key, first - 1) + 1
    yield from itertools.chain(range(start, last + 1), range(first, min(start, last + 1)))


def private_addresses_in_use(backend, subnet_id: str) -> set[str]:
    return {
        address["PrivateIpAddress"]
        for eni in backend.enis.values()
        if eni.subnet.id == subnet_id
        for address in eni.private_ip_addresses
    }


def next_private(backend, subnet) -> str:
    """A free address of a subnet. Those below a quarter of it are drawn last: people plan fixed ones there."""
    network = ipaddress.ip_network(subnet.cidr_block)
    base, size = int(network.network_address), network.num_addresses
    used = private_addresses_in_use(backend, subnet.id)
    lowest, highest = base + 4, base + size - 2  # the first four and the last are AWS's own
    for number in itertools.chain(
        _after(subnet.id, base + max(4, size // 4), highest), range(lowest, base + max(4, size // 4))
    ):
        address = str(ipaddress.ip_address(number))
        if address not in used:
            _last[subnet.id] = number
            return address
    raise EC2ClientError(
        "InsufficientFreeAddressesInSubnet",
        f"There are not enough free addresses in subnet '{subnet.id}' to satisfy the requested number of instances.",
    )


def check_private(backend, subnet, address: str) -> None:
    """Refuse an address that the caller chose and that AWS would refuse."""
    network = ipaddress.ip_network(subnet.cidr_block)
    try:
        number = int(ipaddress.ip_address(address))
    except ValueError:
        raise EC2ClientError("InvalidParameterValue", f"invalid value for parameter address: {address}") from None
    base = int(network.network_address)
    if not base <= number < base + network.num_addresses:
        raise EC2ClientError(
            "InvalidParameterValue", f"Address {address} does not fall within the subnet's address range"
        )
    if number < base + 4 or number == base + network.num_addresses - 1:
        raise EC2ClientError("InvalidParameterValue", f"Address {address} is in subnet's reserved address range")
    if address in private_addresses_in_use(backend, subnet.id):
        raise EC2ClientError("InvalidIPAddress.InUse", f"Address {address} is in use.")


def public_addresses_in_use() -> set[str]:
    used: set[str] = set()
    for backend in list(ec2_backends[settings.ACCOUNT].values()):
        used.update(eni.public_ip for eni in backend.enis.values() if eni.public_ip)
        used.update(address.public_ip for address in backend.addresses)
    return used


def _next_public(pool: str, networks: list) -> str:
    used = public_addresses_in_use()
    hosts = [(int(network.network_address) + 1, int(network.broadcast_address) - 1) for network in networks]
    for index, (first, last) in enumerate(hosts):
        key = f"{pool}/{index}"
        for number in _after(key, first, last):
            address = str(ipaddress.ip_address(number))
            if address not in used:
                _last[key] = number
                return address
    raise EC2ClientError("AddressLimitExceeded", f"the box's range of {pool} addresses is used up")


def next_balancer_address() -> str:
    return _next_public("load balancer", _BALANCER)


def next_instance_address() -> str:
    return _next_public("instance", _INSTANCE)


def install() -> None:
    adds(eip_model, "random_ip")(lambda: _next_public("elastic", _ELASTIC))
    adds(eni_model, "random_public_ip")(next_instance_address)
