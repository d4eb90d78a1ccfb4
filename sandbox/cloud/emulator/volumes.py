"""Volumes attach once, in their own zone, and outlive the instance unless the launch said otherwise."""

from moto.ec2.exceptions import EC2ClientError, VolumeInUseError
from moto.ec2.models import EC2Backend

from .patching import replaces


def install() -> None:
    @replaces(EC2Backend, "attach_volume")
    def attach(original, self, volume_id, instance_id, device_path, delete_on_termination=False):
        volume, instance = self.get_volume(volume_id), self.get_instance(instance_id)
        if volume.attachment:
            raise EC2ClientError("VolumeInUse", f"{volume_id} is already attached to an instance")
        if instance.state in ("terminated", "shutting-down"):
            raise EC2ClientError("IncorrectState", f"Instance '{instance_id}' is not 'running'.")
        if volume.zone and volume.zone.name != instance.availability_zone:
            raise EC2ClientError(
                "InvalidVolume.ZoneMismatch",
                f"The volume '{volume_id}' is not in the same availability zone as instance '{instance_id}'",
            )
        if device_path in instance.block_device_mapping:
            raise EC2ClientError(
                "InvalidParameterValue",
                f"Invalid value '{device_path}' for unixDevice. Attachment point {device_path} is already in use",
            )
        return original(self, volume_id, instance_id, device_path, delete_on_termination)

    @replaces(EC2Backend, "detach_volume")
    def detach(original, self, volume_id, instance_id, device_path):
        attachment = self.get_volume(volume_id).attachment
        if attachment is None:
            raise EC2ClientError("IncorrectState", f"Volume '{volume_id}' is in the 'available' state.")
        if instance_id and instance_id != attachment.instance.id:
            raise EC2ClientError(
                "InvalidAttachment.NotFound",
                f"The volume '{volume_id}' is not attached to instance '{instance_id}'.",
            )
        # A volume is attached once: its id is enough.
        return original(self, volume_id, attachment.instance.id, device_path or attachment.device)

    @replaces(EC2Backend, "delete_volume")
    def delete(original, self, volume_id):
        volume = self.volumes.get(volume_id)
        if volume and volume.attachment:
            raise VolumeInUseError(volume_id, volume.attachment.instance.id)
        return original(self, volume_id)
