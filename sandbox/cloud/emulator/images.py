"""The machine images that exist here, with the same ids in every box: Ubuntu 24.04 by its public SSM parameter, which has
Kubernetes and its container runtime baked in here, and a bare one without them."""

import hashlib
from datetime import UTC, datetime

from moto.ec2.models.amis import Ami, AmiBackend
from moto.ssm.models import Parameter, ParameterDict

from .patching import adds, replaces

PARAMETER = "/aws/service/canonical/ubuntu/server/24.04/stable/current/amd64/hvm/ebs-gp3/ami-id"
_NAME = "ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-amd64-server-20251001"
_CANONICAL = "099720109477"
_MADE = datetime(2025, 10, 1, tzinfo=UTC)


def ubuntu(region: str) -> str:
    """The image id of a region: a stack's config pins it, so it must never move."""
    return "ami-0" + hashlib.sha256(f"ubuntu-24.04/{region}".encode()).hexdigest()[:16]


def bare(region: str) -> str:
    """The image without Kubernetes and without a container runtime."""
    return "ami-0" + hashlib.sha256(f"ubuntu-24.04-bare/{region}".encode()).hexdigest()[:16]


def _image(backend: AmiBackend, image: str, name: str) -> Ami:
    # moto makes a snapshot for every image; two regions' must not be the same and none must look like ours.
    return Ami(
        backend,
        image,
        name=name,
        description="Canonical, Ubuntu, 24.04, amd64 noble image",
        owner_id=_CANONICAL,
        owner_alias="amazon",
        public=True,
        virtualization_type="hvm",
        architecture="x86_64",
        hypervisor="xen",
        image_location=f"amazon/{name}",
        root_device_name="/dev/sda1",
        root_device_type="ebs",
        sriov="simple",
        creation_date=_MADE,
        region_name=f"{backend.region_name}a",
        boot_mode="uefi-preferred",
    )


def install() -> None:
    @replaces(AmiBackend, "_load_amis")
    def load(original, self):
        for image, name in ((ubuntu(self.region_name), _NAME), (bare(self.region_name), f"{_NAME}-bare")):
            self.amis[image] = _image(self, image, name)

    @adds(Ami, "block_device_mappings")
    @property
    def devices(self):
        ebs = {
            "SnapshotId": self.ebs_snapshot.id,
            "VolumeSize": 8,
            "DeleteOnTermination": True,
            "VolumeType": "gp3",
        }
        return [{"DeviceName": self.root_device_name, "Ebs": {**ebs, "Encrypted": False}}]

    @replaces(ParameterDict, "_check_loading_status")
    def check(original, self, key):
        original(self, key)
        if str(key or "").startswith("/aws/service/canonical/") and not dict.__contains__(self, PARAMETER):
            dict.__setitem__(self, PARAMETER, [_parameter(self)])


def _parameter(owner) -> Parameter:
    return Parameter(
        account_id=owner.account_id,
        name=PARAMETER,
        value=ubuntu(owner.region_name),
        parameter_type="String",
        description=None,
        allowed_pattern=None,
        keyid=None,
        last_modified_date=_MADE,
        version=1,
        data_type="aws:ec2:image",
    )
