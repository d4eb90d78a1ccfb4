"""Instances: one primary interface with true names and groups, and an end that leaves nothing of theirs behind."""

import copy
import time

from moto.core.utils import utcnow
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models.instances import Instance
from moto.elb.models import elb_backends
from moto.elbv2.models import elbv2_backends

from . import addresses, interfaces, names
from .patching import adds, replaces


def primary(instance):
    return instance.nics.get(0) if getattr(instance, "nics", None) else None


def is_true(value) -> bool:
    return str(value).lower() == "true"


def install() -> None:
    adds(Instance, "prep_nics")(_prepare_interfaces)

    # What AWS shows of an instance is its primary interface's; after termination there is none.
    adds(Instance, "private_ip")(property(lambda self: getattr(primary(self), "private_ip_address", None)))
    adds(Instance, "private_ip_address")(property(lambda self: getattr(primary(self), "private_ip_address", None)))
    adds(Instance, "public_ip")(property(lambda self: getattr(primary(self), "public_ip", None)))
    adds(Instance, "public_ip_address")(property(lambda self: getattr(primary(self), "public_ip", None)))
    adds(Instance, "private_dns_name")(property(lambda self: getattr(primary(self), "private_dns_name", "")))
    adds(Instance, "public_dns_name")(property(_public_name))
    adds(Instance, "security_groups")(property(_groups, _set_groups))
    adds(Instance, "source_dest_check")(property(_check, _set_check))

    @replaces(Instance, "attach_eni")
    def attach_eni(original, self, eni, device_index):
        if int(device_index) in self.nics:
            raise EC2ClientError(
                "InvalidParameterValue",
                f"Instance '{self.id}' already has an interface attached at device index '{device_index}'.",
            )
        return original(self, eni, device_index)

    @replaces(Instance, "detach_eni")
    def detach_eni(original, self, eni):
        original(self, eni)
        eni.delete_on_termination = False

    @replaces(Instance, "terminate")
    def terminate(original, self):
        if self.state == "terminated":
            return copy.copy(self._state)
        for eni in list(self.nics.values()):
            deleted = eni.delete_on_termination
            self.detach_eni(eni)
            if eni.public_ip and not interfaces.elastic_address_of(eni):
                eni.public_ip = None
                eni.public_ip_auto_assign = False
            if deleted:
                interfaces.forget(eni)
        self._last_groups = []
        self.terminated = time.monotonic()
        _leave_balancers(self)
        return original(self)

    @replaces(Instance, "start")
    def start(original, self):
        if self.state == "terminated":
            raise EC2ClientError(
                "IncorrectInstanceState",
                f"The instance '{self.id}' is not in a state from which it can be started.",
            )
        if self.state == "running":
            return copy.copy(self._state)
        self.launch_time = utcnow()
        return original(self)

    @replaces(Instance, "stop")
    def stop(original, self):
        if self.state == "terminated":
            raise EC2ClientError(
                "IncorrectInstanceState",
                f"The instance '{self.id}' is not in a state from which it can be stopped.",
            )
        eni = primary(self)
        kept = eni and interfaces.elastic_address_of(eni)
        previous = original(self)
        if kept:
            eni.public_ip = kept.public_ip  # only an address from the pool is given back
        return previous


def _prepare_interfaces(self, nic_spec, private_ip=None, associate_public_ip=None, security_groups=None, **_):
    """Attach the interfaces that a launch asks for: ready-made ones as they are, others made here."""
    self.nics = {}
    backend = self.ec2_backend
    for spec in nic_spec or [{"DeviceIndex": 0}]:
        index = int(spec.get("DeviceIndex") or 0)
        if spec.get("NetworkInterfaceId"):
            eni = backend.get_network_interface(spec["NetworkInterfaceId"])
            if eni.instance or eni.requester_managed:
                raise interfaces.in_use(eni)
            # The interface was there before the instance and outlives it, unless the launch says otherwise.
            eni.delete_on_termination = is_true(spec.get("DeleteOnTermination"))
        else:
            eni = _new_interface(self, spec, index, private_ip, associate_public_ip, security_groups)
        self.attach_eni(eni, index)
    eni = self.nics.get(0)
    if eni is None:
        raise EC2ClientError("InvalidParameterValue", "A primary network interface (device index 0) is required.")
    self._subnet_id = eni.subnet.id
    self._placement.zone = eni.subnet.availability_zone


def _new_interface(self, spec, index, private_ip, associate_public_ip, security_groups):
    backend = self.ec2_backend
    subnet = backend.get_subnet(spec.get("SubnetId") or self._subnet_id)
    groups = spec.get("Groups") or [group.id for group in security_groups or []]
    wanted = spec.get("AssociatePublicIpAddress")
    if wanted is None:
        wanted = associate_public_ip
    if wanted is None:
        wanted = subnet.map_public_ip_on_launch
    address = spec.get("PrivateIpAddress") or (private_ip if index == 0 else None)
    eni = backend.create_network_interface(
        subnet,
        address,
        spec.get("PrivateIpAddresses"),
        groups,
        spec.get("Description") or "",
        public_ip_auto_assign=False,
        delete_on_termination=is_true(spec.get("DeleteOnTermination", True)),
    )
    if index == 0 and is_true(wanted):
        eni.public_ip_auto_assign = True
        eni.public_ip = addresses.next_instance_address()
    return eni


def _public_name(self):
    if not self.public_ip:
        return ""
    vpc = self.ec2_backend.vpcs.get(self.vpc_id)
    hostnames = vpc is not None and is_true(vpc.enable_dns_hostnames)
    return names.public_name(self.public_ip, self.region_name) if hostnames else ""


def _groups(self):
    eni = primary(self)
    return list(eni.group_set) if eni else getattr(self, "_last_groups", [])


def _set_groups(self, groups):
    eni = primary(self)
    if eni:
        eni._group_set = list(groups)
    else:
        self._last_groups = list(groups)  # during moto's constructor, before the interfaces are there


def _check(self):
    eni = primary(self)
    return eni.source_dest_check if eni else True


def _set_check(self, value):
    eni = primary(self)
    if eni:
        eni.source_dest_check = is_true(value)


def _leave_balancers(instance) -> None:
    account, region = instance.ec2_backend.account_id, instance.ec2_backend.region_name
    for group in elbv2_backends[account][region].target_groups.values():
        group.targets.pop(instance.id, None)
    for balancer in elb_backends[account][region].load_balancers.values():
        for attribute in ("instance_sparse_ids", "instance_autoscaling_ids"):
            setattr(balancer, attribute, [i for i in getattr(balancer, attribute) if i != instance.id])
