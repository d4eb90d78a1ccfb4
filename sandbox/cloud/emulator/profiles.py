"""Which role an instance has, through its instance profile."""

from moto.ec2.models import ec2_backends
from moto.iam.models import iam_backends

from . import settings


def profile_of(instance):
    """Its instance profile; None without one."""
    association = instance.ec2_backend.iam_instance_profile_associations.get(instance.id)
    if association is None:
        return None
    # By name: a profile that was deleted and made again gives its new role.
    name = association.iam_instance_profile.name
    return iam_backends[settings.ACCOUNT]["aws"].instance_profiles.get(name)


def role_of(instance) -> str | None:
    """The name of its profile's role."""
    profile = profile_of(instance)
    return profile.roles[0].name if profile and profile.roles else None


def has_running(instance_id: str, role: str) -> bool:
    """Whether an instance of any region is running and has the role."""
    return any(
        one.id == instance_id and one.state == "running" and role_of(one) == role
        for ec2 in ec2_backends[settings.ACCOUNT].values()
        for one in ec2.all_instances()
    )
