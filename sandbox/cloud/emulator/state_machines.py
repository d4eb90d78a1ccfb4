"""The state feed's machines: interfaces, instances, volumes."""

from . import images
from .instances import primary
from .interfaces import group_ids
from .profiles import profile_of, role_of
from .state_network import tags


def interfaces(ec2) -> list[dict]:
    return [
        {
            "id": eni.id,
            "vpc": eni.vpc_id,
            "subnet": eni.subnet_id,
            "mac": eni.mac_address,
            "privateIp": eni.private_ip_address,
            "publicIp": eni.public_ip,
            "groups": group_ids(eni),
            "sourceDestCheck": bool(eni.source_dest_check),
            "instance": eni.instance.id if eni.instance else None,
            "deviceIndex": eni.device_index if eni.instance else None,
            # Set on what AWS itself made: the load balancer's name, or the NAT gateway's id.
            "requester": getattr(eni, "requester", None),
        }
        for eni in ec2.enis.values()
    ]


def instances(ec2) -> list[dict]:
    return [_instance(ec2, one) for one in ec2.all_instances()]


def _instance(ec2, one) -> dict:
    options, user_data = one.metadata_options, one.user_data
    profile = profile_of(one)
    return {
        "id": one.id,
        "state": one.state,
        "imageId": one.image_id,
        "bare": one.image_id == images.bare(ec2.region_name),
        "type": one.instance_type,
        "zone": one.availability_zone,
        "vpc": getattr(primary(one), "vpc_id", None) or "",
        "subnet": one._subnet_id or "",
        "interfaces": [one.nics[index].id for index in sorted(one.nics)],
        "privateDns": one.private_dns_name,
        "publicDns": one.public_dns_name or None,
        "userData": str(user_data) if user_data else "",
        "profile": profile.name if profile else None,
        "role": role_of(one),
        "metadata": {
            "tokens": options.http_tokens,
            "hopLimit": int(options.http_put_response_hop_limit),
            "tags": options.instance_metadata_tags == "enabled",
        },
        "keyName": one.key_name or None,
        "tags": tags(ec2, one.id),
        "launched": one.launch_time.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


def volumes(ec2) -> list[dict]:
    return [
        {
            "id": volume.id,
            "size": int(volume.size),
            "zone": volume.zone.name if volume.zone else None,
            "state": volume.status,
            "attachments": [{"instance": one.instance.id, "device": one.device} for one in volume.attachments],
        }
        for volume in ec2.volumes.values()
    ]
