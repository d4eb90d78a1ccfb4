"""Things that live inside others and may be left over alone, in something that was there before."""

from collections.abc import Iterator
from typing import Any

Part = tuple[str, str, Any]


def parts_of(service: str, kind: str, value: Any) -> Iterator[Part]:
    """(kind, id, thing) of what an audit must see by itself: a TXT record in a zone that we only found."""
    reader = _READERS.get((service, kind))
    return reader(value) if reader else iter(())


def _records(zone) -> Iterator[Part]:
    for record in zone.rrsets:
        if record.type in ("NS", "SOA") and record.name.rstrip(".") == zone.name.rstrip("."):
            continue
        key = "/".join(filter(None, (zone.resource_id, record.name, record.type, record.set_identifier)))
        yield "records", key, record


def _rules(group) -> Iterator[Part]:
    for direction in ("ingress", "egress"):
        for rule in getattr(group, f"{direction}_rules"):
            yield f"{direction}_rules", f"{group.id}/{rule.id}", rule


def _routes(table) -> Iterator[Part]:
    for route in table.routes:
        if not route.local:
            yield "routes", f"{table.id}/{route.destination_cidr_block or route.id}", route


def _instances(reservation) -> Iterator[Part]:
    for instance in reservation.instances:
        yield "instances", instance.id, instance


def _objects(bucket) -> Iterator[Part]:
    for key in bucket.keys:
        yield "objects", f"{bucket.name}/{key}", {"bucket": bucket.name}


def _listeners(balancer) -> Iterator[Part]:
    for arn, listener in balancer.listeners.items():
        yield "listeners", arn, listener


def _targets(group) -> Iterator[Part]:
    for target in group.targets.values():
        yield "targets", f"{group.arn}/{target['Id']}:{target.get('Port')}", target


def _policies(role) -> Iterator[Part]:
    for name in role.policies:
        yield "role_policies", f"{role.name}/{name}", {"role": role.name}
    for arn in role.managed_policies:
        yield "role_attachments", f"{role.name}/{arn}", {"role": role.name}


_READERS = {
    ("route53", "zones"): _records,
    ("ec2", "groups"): _rules,
    ("ec2", "route_tables"): _routes,
    ("ec2", "reservations"): _instances,
    ("s3", "buckets"): _objects,
    ("elbv2", "load_balancers"): _listeners,
    ("elbv2", "target_groups"): _targets,
    ("iam", "roles"): _policies,
}
