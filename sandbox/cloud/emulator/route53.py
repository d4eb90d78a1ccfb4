"""Route 53: a change batch applies whole or not at all, by AWS's rules on what may stand beside what."""

from moto.route53.exceptions import DnsNameInvalidForZone, Route53ClientError
from moto.route53.models import RecordSet, Route53Backend
from moto.route53.responses import Route53

from . import health, record_rules
from .patching import adds, replaces


def _bad(messages: list[str]) -> Route53ClientError:
    return Route53ClientError("InvalidChangeBatch", "[" + ", ".join(messages) + "]")


def install() -> None:
    @adds(Route53Backend, "change_resource_record_sets")
    def change(self, zoneid, change_list):
        zone = self.get_hosted_zone(zoneid)
        sets = list(zone.rrsets)
        errors: list[str] = []
        for item in change_list:
            action, wanted = item["Action"], RecordSet(dict(item["ResourceRecordSet"]))
            wanted.name = record_rules.normal_name(wanted.name)
            wanted.records = [value["Value"] for value in wanted.records or []]
            zone_name = record_rules.normal_name(zone.name)
            if wanted.name != zone_name and not wanted.name.endswith("." + zone_name):
                raise DnsNameInvalidForZone(name=wanted.name, zone_name=zone_name)
            fault = record_rules.shape_fault(wanted) or record_rules.apply(sets, action, wanted)
            if fault:
                errors.append(fault)
            check = wanted.health_check_id
            if check and action != "DELETE" and check not in self.health_checks:
                raise Route53ClientError(
                    "NoSuchHealthCheck", f"A health check with id {check} does not exist."
                )
        if errors:
            raise _bad(errors)
        zone.rrsets = sets

    @replaces(Route53Backend, "update_health_check")
    def update(original, self, health_check_id, health_check_args):
        # What a request leaves out stays; moto writes None or an empty list over it.
        return original(self, health_check_id, {k: v for k, v in health_check_args.items() if v not in (None, [])})

    @replaces(Route53Backend, "delete_health_check")
    def delete(original, self, health_check_id):
        users = [
            record.name
            for zone in self.zones.values()
            for record in zone.rrsets
            if record.health_check_id == health_check_id
        ]
        del users  # AWS lets it go: the records then count as having no health check
        health.forget_check(health_check_id)
        return original(self, health_check_id)
