"""The rules of resource record sets, apart from moto: pure functions over records of one zone."""

import re

#: Routing policies of whose sets each has one value only.
_ONE_VALUE = ("region", "weight")

#: A load balancer's name: classic and application ones lie in another zone of AWS's than network ones.
_BALANCER = re.compile(r"^[^.]+\.(?:(?P<classic>[a-z0-9-]+)\.elb|elb\.(?P<network>[a-z0-9-]+))\.amazonaws\.com(\.cn)?\.$")

#: Attributes by which sets of one name and type are told apart; one kind for all of them.
_POLICIES = ("region", "weight", "failover", "geo_location", "multi_value_answer")


def normal_name(name: str) -> str:
    """Lower case, with the dot at the end, `*` as Route 53 stores it."""
    name = name.lower().replace("*", "\\052")
    return name if name.endswith(".") else name + "."


def policy(record) -> str:
    """`simple` or the attribute that makes its routing policy."""
    for attribute in _POLICIES:
        if getattr(record, attribute, None) not in (None, "", False):
            return attribute
    return "simple"


def _same_values(one, other) -> bool:
    if (one.alias_target is None) != (other.alias_target is None):
        return False
    if one.alias_target is not None:
        return _alias(one) == _alias(other)
    return sorted(one.records or []) == sorted(other.records or []) and str(one.ttl) == str(other.ttl)


def _alias(record) -> tuple:
    alias = record.alias_target
    name = normal_name(alias["DNSName"])
    name = name.removeprefix("dualstack.")
    return name, alias["HostedZoneId"], str(alias.get("EvaluateTargetHealth")).lower()


def _label(record) -> str:
    identifier = f", set identifier='{record.set_identifier}'" if record.set_identifier else ""
    return f"[name='{record.name}', type='{record.type}'{identifier}]"


def shape_fault(record) -> str | None:
    """What is wrong with a record set by itself."""
    values = bool(record.records) and record.ttl is not None
    if bool(record.alias_target) == values:
        return (
            "Invalid request: Expected exactly one of [AliasTarget, all of [TTL, and ResourceRecords], or "
            f"TrafficPolicyInstanceId], but found {'more than one' if values else 'none'} in Change with "
            f"[Name={record.name}, Type={record.type}, SetIdentifier={record.set_identifier or 'null'}]"
        )
    if policy(record) != "simple" and not record.set_identifier:
        return f"Missing field 'SetIdentifier' in Change with {_label(record)}"
    if policy(record) == "simple" and record.set_identifier:
        return f"Set identifier without a routing policy in Change with {_label(record)}"
    if record.type == "CNAME" and len(record.records or []) > 1:
        return f"CNAME record set {_label(record)} has more than one value"
    if policy(record) in _ONE_VALUE and len(record.records or []) > 1:
        return f"Only one value may be given for each latency or weighted record set, in Change with {_label(record)}"
    if policy(record) == "weight" and not 0 <= int(record.weight) <= 255:
        return f"Weight {record.weight} is not from 0 to 255 in Change with {_label(record)}"
    if record.alias_target and record.multi_value_answer:
        return f"A multivalue answer record set can't be an alias, in Change with {_label(record)}"
    return None


def alias_fault(sets: list, record, zone_id: str, apex: str, balancer_zone) -> str | None:
    """What is wrong with what an alias points to; `balancer_zone`: from region and kind to the balancers' zone."""
    if not record.alias_target:
        return None
    zone = record.alias_target["HostedZoneId"]
    name = normal_name(record.alias_target["DNSName"])
    tried = f"Tried to create an alias that targets {name}, type {record.type} in zone {zone}, but "
    outside = tried + "the alias target name does not lie within the target zone"
    if zone == zone_id:
        if name != apex and not name.endswith("." + apex):
            return outside
        found = any(one.name == name and one.type == record.type for one in sets if one is not record)
        return None if found else tried + "that target was not found"
    balancer = _BALANCER.match(name.removeprefix("dualstack."))
    if balancer:
        region, kind = (
            (balancer["classic"], "classic") if balancer["classic"] else (balancer["network"], "network")
        )
        if balancer_zone(region, kind) != zone:
            return outside
    return None


def apply(sets: list, action: str, record, apex: str) -> str | None:
    """Apply one change to the list in place; the fault's text if AWS would refuse it. `apex`: the zone's name."""
    same = [one for one in sets if one.name == record.name and one.type == record.type]
    existing = next((one for one in same if one.set_identifier == record.set_identifier), None)
    if action == "DELETE":
        if existing is None:
            return f"Tried to delete resource record set {_label(record)} but it was not found"
        if not _same_values(existing, record) or policy(existing) != policy(record):
            return (
                f"Tried to delete resource record set {_label(record)} but the values provided do not match the "
                "current values"
            )
        if existing.type in ("NS", "SOA") and existing.name == apex:
            return f"A HostedZone must contain at least one {existing.type} record for the zone itself."
        sets.remove(existing)
        return None
    if action == "CREATE" and existing is not None:
        return f"Tried to create resource record set {_label(record)} but it already exists"
    others = [one for one in same if one is not existing]
    if any(policy(one) != policy(record) for one in others):
        return (
            f"RRSet with DNS name {record.name}, type {record.type}, SetIdentifier {record.set_identifier or 'null'} "
            "cannot be created as other RRSets exist with the same name and type but another routing policy."
        )
    if policy(record) == "region" and any(one.region == record.region for one in others):
        return (
            f"Tried to create resource record set {_label(record)} but a latency record set for region "
            f"'{record.region}' already exists"
        )
    if record.type == "CNAME" or any(one.type == "CNAME" and one.name == record.name for one in sets):
        clash = [one for one in sets if one.name == record.name and one.type != record.type]
        if clash:
            return (
                f"RRSet of type {record.type} with DNS name {record.name} is not permitted as it conflicts with other "
                f"records with the same DNS name in zone"
            )
    if existing is not None:
        sets[sets.index(existing)] = record
    else:
        sets.append(record)
    return None
