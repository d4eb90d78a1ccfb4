"""What is not the account's: volatile bookkeeping, AWS's own, and what is deleted though moto remembers it."""

from typing import Any

#: Containers whose members are shown by their parts alone (an instance rather than its reservation).
SHELLS = {("ec2", "reservations")}

#: Services that hold no resources: moto's own, and sessions that no API lists.
SERVICES = {"moto_api", "instance_metadata", "sts", "resourcegroupstaggingapi"}

# (service, container): bookkeeping beside the resources. Tags are shown with what they are on.
_VOLATILE = {
    ("ec2", "tags"),
    ("ec2", "launch_tokens"),
    ("ec2", "deleted_amis"),
    ("ec2", "launch_template_insert_order"),
    ("ec2", "launch_template_name_to_ids"),
    ("ec2", "subnet_associations"),
    ("ec2", "iam_instance_profile_associations"),
    ("iam", "account_aliases"),
    ("iam", "credential_report"),
}
_TIMES = ("time", "date", "last_used", "expiration", "created", "timestamp")
_GONE = {"terminated", "deleted", "deleting", "cancelled", "failed", "rejected", "expired"}


def is_volatile(service: str, name: str) -> bool:
    """Bookkeeping, a cache or a moment: different without anything having been made."""
    return (service, name) in _VOLATILE or (not service and any(name.endswith(word) for word in _TIMES))


def is_secret(name: str) -> bool:
    """An attribute whose content must not end in a report; its hash tells a change as well."""
    return any(word in name.lower() for word in ("secret", "password", "private_key", "material")) or name == "value"


def is_gone(value: Any) -> bool:
    """Deleted, and only still described for a while, as AWS does with instances, NAT gateways and peerings."""
    for attribute in ("state", "status", "_status", "_state"):
        found = getattr(value, attribute, None)
        found = getattr(found, "code", None) if not isinstance(found, (str, int)) and found is not None else found
        name = getattr(getattr(value, attribute, None), "name", None)
        if str(found).lower() in _GONE or str(name).lower() in _GONE:
            return True
    instances = getattr(value, "instances", None)  # a reservation is as alive as its instances
    return isinstance(instances, list) and bool(instances) and all(is_gone(one) for one in instances)


def is_owned_by_aws(service: str, kind: str, key: str, value: Any) -> bool:
    """There because AWS put it there when someone looked: public parameters, its own keys, temporary credentials."""
    if service == "ssm" and key.startswith("/aws/service/"):
        return True
    if service == "iam":
        return (kind == "access_keys" and key.startswith("ASIA")) or ":iam::aws:policy/" in key
    if service == "kms":
        return "alias/aws/" in key or str(getattr(value, "description", "")).startswith("Default master key")
    if service == "route53":
        return kind == "delegation_sets" and getattr(value, "caller_reference", "").startswith("DelSet_")
    return False
