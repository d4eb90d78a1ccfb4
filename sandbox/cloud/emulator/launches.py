"""RunInstances: what the launch template says reaches the instance, and what AWS refuses is refused."""

import copy

from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models import EC2Backend
from moto.ec2.models.instances import Instance, MetadataOptions

from .patching import adds, replaces


def install() -> None:
    @replaces(EC2Backend, "run_instances")
    def run_instances(original, self, image_id, count, user_data, security_group_names, **kwargs):
        token = kwargs.get("client_token")
        seen = self.__dict__.setdefault("launch_tokens", {})
        if token and token in seen and seen[token] in self.reservations:
            return self.reservations[seen[token]]

        version = self._get_template_from_args(kwargs["launch_template"]) if kwargs.get("launch_template") else None
        template = copy.deepcopy(dict(version.data)) if version else {}
        image_id = image_id or template.get("ImageId")
        if not image_id:
            raise EC2ClientError("MissingParameter", "The request must contain the parameter ImageId")
        image = next(iter(self.describe_images(ami_ids=[image_id])))

        kwargs["region_name"] = self.region_name  # an auto-scaling group passes none, and names would be us-east-1's
        _merge(kwargs, template)
        _settle_subnet(self, kwargs)
        kwargs.pop("placement", None)  # the subnet decides
        kwargs["block_device_mappings"] = _devices(image, kwargs.get("block_device_mappings"))
        profile = _profile(kwargs, template)
        kwargs["launch_template"] = None  # merged above; moto would merge half of it again
        user_data = user_data or template.get("UserData")

        reservation = original(self, image_id, count, user_data, security_group_names, **kwargs)
        try:
            for index, instance in enumerate(reservation.instances):
                _finish(self, instance, version, template, profile, index, kwargs)
        except Exception:
            self.terminate_instances([instance.id for instance in reservation.instances])
            raise
        if token:
            seen[token] = reservation.id
        return reservation

    @replaces(Instance, "__init__")
    def init(original, self, ec2_backend, image_id, user_data, security_groups, **kwargs):
        original(self, ec2_backend, image_id, user_data, security_groups, **kwargs)
        if not self.security_groups and security_groups:
            self.security_groups = security_groups

    @adds(EC2Backend, "modify_instance_metadata_options")
    def modify_metadata(
        self,
        instance_id,
        http_tokens=None,
        hop_limit=None,
        http_endpoint=None,
        dry_run=False,
        http_protocol=None,
        metadata_tags=None,
    ):
        options = self.get_instance(instance_id).metadata_options
        # What is not named stays; moto resets it to the defaults.
        options.http_tokens = http_tokens or options.http_tokens
        options.http_put_response_hop_limit = int(hop_limit or options.http_put_response_hop_limit)
        options.http_endpoint = http_endpoint or options.http_endpoint
        options.http_protocol_ipv6 = http_protocol or options.http_protocol_ipv6
        options.instance_metadata_tags = metadata_tags or options.instance_metadata_tags
        return options


def _merge(kwargs: dict, template: dict) -> None:
    if kwargs.get("is_instance_type_default", True) and template.get("InstanceType"):
        kwargs["instance_type"] = template["InstanceType"]
    kwargs["is_instance_type_default"] = False
    kwargs["key_name"] = kwargs.get("key_name") or template.get("KeyName")
    kwargs["security_group_ids"] = kwargs.get("security_group_ids") or template.get("SecurityGroupIds") or []
    kwargs["nics"] = kwargs.get("nics") or template.get("NetworkInterfaces") or []
    kwargs["metadata_options"] = {
        **(template.get("MetadataOptions") or {}),
        **(kwargs.get("metadata_options") or {}),
    }
    kwargs["block_device_mappings"] = kwargs.get("block_device_mappings") or template.get("BlockDeviceMappings")
    kwargs.setdefault("associate_public_ip", None)


def _settle_subnet(backend, kwargs: dict) -> None:
    """The one subnet that the launch means, said in every place where moto looks for it."""
    nics, subnet_id = kwargs["nics"], kwargs.get("subnet_id")
    first = next((nic for nic in nics if int(nic.get("DeviceIndex") or 0) == 0), {})
    if first.get("NetworkInterfaceId"):
        subnet_id = backend.get_network_interface(first["NetworkInterfaceId"]).subnet.id
    subnet_id = subnet_id or first.get("SubnetId")
    if not subnet_id:
        raise EC2ClientError("VPCIdNotSpecified", "No default VPC for this user")
    kwargs["subnet_id"] = subnet_id
    for nic in nics:
        if not nic.get("NetworkInterfaceId"):
            nic.setdefault("SubnetId", subnet_id)
    backend.get_subnet(subnet_id)  # refuses one that does not exist


def _devices(image, asked: list[dict] | None) -> list[dict]:
    """The volumes of a launch: the image's root, changed by what the launch says of it, and the others."""
    root = {
        "DeviceName": image.root_device_name,
        "Ebs": {"VolumeSize": 8, "VolumeType": "gp3", "DeleteOnTermination": True},
    }
    devices = [root]
    for device in asked or []:
        ebs = {key: value for key, value in (device.get("Ebs") or {}).items() if value is not None}
        if device["DeviceName"] == root["DeviceName"]:
            root["Ebs"].update(ebs)
        elif "NoDevice" not in device or device["NoDevice"] is None:
            devices.append(
                {
                    "DeviceName": device["DeviceName"],
                    "Ebs": {"DeleteOnTermination": True, "VolumeSize": 8, **ebs},
                }
            )
    for device in devices:
        device["Ebs"]["Encrypted"] = str(device["Ebs"].get("Encrypted", False)).lower() == "true"
        device["Ebs"]["DeleteOnTermination"] = str(device["Ebs"]["DeleteOnTermination"]).lower() == "true"
    return devices


def _profile(kwargs: dict, template: dict) -> dict:
    """Name or ARN of the instance profile, and whether moto's own code will associate the first instance with it."""
    name, arn = kwargs.pop("iam_instance_profile_name", None), kwargs.pop("iam_instance_profile_arn", None)
    if name or arn:
        return {"Name": name, "Arn": arn, "by_moto": True}
    return {**(template.get("IamInstanceProfile") or {}), "by_moto": False}


def _finish(backend, instance, version, template: dict, profile: dict, index: int, kwargs: dict) -> None:
    if (profile.get("Name") or profile.get("Arn")) and not (profile["by_moto"] and index == 0):
        backend.associate_iam_instance_profile(
            instance.id,
            iam_instance_profile_name=profile.get("Name"),
            iam_instance_profile_arn=profile.get("Arn"),
        )
    instance.metadata_options = MetadataOptions(kwargs["metadata_options"])
    if version:
        for specification in template.get("TagSpecifications") or []:
            tags = {tag["Key"]: tag["Value"] for tag in specification.get("Tags", [])}
            if specification.get("ResourceType") == "instance":
                backend.create_tags([instance.id], {**tags, **backend.tags.get(instance.id, {})})
            if specification.get("ResourceType") == "volume":
                for _, device in instance.get_block_device_mapping:
                    backend.create_tags([device.volume_id], tags)
        backend.create_tags(
            [instance.id],
            {
                "aws:ec2launchtemplate:id": version.template.id,
                "aws:ec2launchtemplate:version": str(version.number),
            },
        )
