"""The state feed's hosted zones and health checks."""

from .instances import is_true


def zones(dns) -> list[dict]:
    return [
        {
            "id": zone.resource_id,
            "name": zone.name if zone.name.endswith(".") else zone.name + ".",
            "private": bool(zone.private_zone),
            "records": [_record(record) for record in zone.rrsets],
        }
        for zone in dns.zones.values()
    ]


def _record(record) -> dict:
    alias = record.alias_target
    return {
        "name": record.name.replace("\\052", "*"),
        "type": record.type,
        "ttl": None if alias or record.ttl is None else int(record.ttl),
        "setIdentifier": record.set_identifier,
        "region": record.region,
        "weight": None if record.weight is None else int(record.weight),
        "failover": record.failover,
        "healthCheck": record.health_check_id,
        "values": [str(value) for value in record.records or []],
        "alias": (
            {
                "name": alias["DNSName"] if alias["DNSName"].endswith(".") else alias["DNSName"] + ".",
                "zone": alias["HostedZoneId"],
                "evaluate": is_true(alias.get("EvaluateTargetHealth")),
            }
            if alias
            else None
        ),
    }


def health_checks(dns) -> list[dict]:
    return [
        {
            "id": check.id,
            "type": check.type_,
            "fqdn": check.fqdn or None,
            "ip": check.ip_address or None,
            "port": None if check.port is None else int(check.port),
            "path": check.resource_path or None,
            "interval": int(check.request_interval or 30),
            "threshold": int(check.failure_threshold or 3),
            "inverted": is_true(check.inverted),
            "disabled": is_true(check.disabled),
            "regions": list(check.regions or []),
        }
        for check in dns.health_checks.values()
    ]
