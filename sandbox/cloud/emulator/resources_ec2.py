"""EC2's resources: those that the id parameters of a call name, and those that it makes."""

from moto.ec2.models import ec2_backends

from . import settings
from .asked import Asked
from .resource import Resource, arn

# Names of parameters, alone or numbered; in RunInstances also below a network interface. What stands deeper, a group
# within a rule for one, is spoken of and not changed.
_IDS = (
    r"(NetworkInterface\.\d+\.)?(RouteTableId|InstanceId|GroupId|SecurityGroupId|VolumeId|NetworkInterfaceId|SubnetId"
    r"|VpcId|ResourceId)(\.\d+)?"
)
# A route's target is not asked about, only its table.
_ONLY = {"CreateRoute": "RouteTableId", "ReplaceRoute": "RouteTableId", "DeleteRoute": "RouteTableId"}
_KINDS = {
    "eipalloc": "elastic-ip",
    "eni": "network-interface",
    "i": "instance",
    "igw": "internet-gateway",
    "lt": "launch-template",
    "rtb": "route-table",
    "sg": "security-group",
    "subnet": "subnet",
    "vol": "volume",
    "vpc": "vpc",
}
_MADE = {
    "CreateNetworkInterface": ["network-interface"],
    "CreateRouteTable": ["route-table"],
    "CreateSecurityGroup": ["security-group"],
    "CreateSubnet": ["subnet"],
    "CreateVolume": ["volume"],
    "CreateVpc": ["vpc"],
    "RunInstances": ["instance", "volume"],
}


def of(asked: Asked) -> list[Resource]:
    backend = ec2_backends[settings.ACCOUNT][asked.region]
    found = []
    for value in dict.fromkeys(asked.texts(_ONLY.get(asked.action, _IDS))):
        kind = _KINDS.get(value.partition("-")[0])
        if kind:
            found.append(Resource(arn("ec2", asked.region, f"{kind}/{value}"), dict(backend.tags.get(value, {}))))
    return found + [_new(asked, kind) for kind in _MADE.get(asked.action, [])]


def tagged_at_birth(asked: Asked) -> list[Resource]:
    """What a call makes with tags: giving them is an action of its own, ec2:CreateTags."""
    return [_new(asked, kind) for kind in asked.texts(r"TagSpecification\.\d+\.ResourceType")]


def _new(asked: Asked, kind: str) -> Resource:
    return Resource(arn("ec2", asked.region, f"{kind}/*"))
