"""Route 53: a change batch applies whole or not at all, by AWS's rules on what may stand beside what."""

from moto.core.responses import ActionResult
from moto.core.utils import utcnow
from moto.route53.exceptions import DnsNameInvalidForZone, Route53ClientError
from moto.route53.models import RecordSet, Route53Backend
from moto.route53.responses import Route53

from . import health, names, record_rules
from .patching import adds, replaces


def _bad(messages: list[str]) -> Route53ClientError:
    return Route53ClientError("InvalidChangeBatch", "[" + ", ".join(messages) + "]")


def install() -> None:
    @adds(Route53Backend, "change_resource_record_sets")
    def change(self, zoneid, change_list):
        zone = self.get_hosted_zone(zoneid)
        sets = list(zone.rrsets)
        zone_name = record_rules.normal_name(zone.name)
        errors: list[str] = []
        for item in change_list:
            action, wanted = item["Action"], RecordSet(dict(item["ResourceRecordSet"]))
            wanted.name = record_rules.normal_name(wanted.name)
            wanted.records = [value["Value"] for value in wanted.records or []]
            if wanted.name != zone_name and not wanted.name.endswith("." + zone_name):
                raise DnsNameInvalidForZone(name=wanted.name, zone_name=zone_name)
            fault = record_rules.shape_fault(wanted) or record_rules.apply(sets, action, wanted, zone_name)
            if not fault and action != "DELETE":
                # In the order of the batch: what an alias points to has to come before it.
                fault = record_rules.alias_fault(sets, wanted, zone.resource_id, zone_name, names.balancer_zone)
            if fault:
                errors.append(fault)
            check = wanted.health_check_id
            if check and action != "DELETE" and check not in self.health_checks:
                raise Route53ClientError("NoSuchHealthCheck", f"A health check with id {check} does not exist.")
        if errors:
            raise _bad(errors)
        zone.rrsets = sets

    @replaces(Route53Backend, "update_health_check")
    def update(original, self, health_check_id, health_check_args):
        # What a request leaves out stays; moto writes None or an empty list over it.
        return original(self, health_check_id, {k: v for k, v in health_check_args.items() if v not in (None, [])})

    @replaces(Route53Backend, "create_hosted_zone")
    def create_zone(original, self, name, private_zone, caller_reference=None, *args, **kwargs):
        if any(zone.caller_reference == caller_reference for zone in self.zones.values()):
            raise Route53ClientError(
                "HostedZoneAlreadyExists",
                f"A hosted zone has already been created with the caller reference {caller_reference}.",
            )
        zone = original(self, name, private_zone, caller_reference, *args, **kwargs)
        servers, first = zone.delegation_set.name_servers, zone.delegation_set.name_servers[0]
        for record in zone.rrsets:
            record.name = record_rules.normal_name(record.name)
            record.ttl = int(record.ttl)
            # moto's have no dot at the end, and its SOA is the text of a Python dictionary.
            soa = [f"{first}. awsdns-hostmaster.amazon.com. 1 7200 900 1209600 86400"]
            record.records = soa if record.type == "SOA" else [f"{server}." for server in servers]
        return zone

    @replaces(Route53Backend, "create_health_check")
    def create_check(original, self, caller_reference, health_check_args):
        for check in self.health_checks.values():
            if check.caller_reference == caller_reference:
                raise Route53ClientError(
                    "HealthCheckAlreadyExists",
                    f"A health check with caller reference {caller_reference} already exists.",
                )
        if not health_check_args.get("port") and str(health_check_args.get("type", "")).startswith("HTTPS"):
            health_check_args["port"] = 443
        return original(self, caller_reference, health_check_args)

    @replaces(Route53Backend, "delete_health_check")
    def delete_check(original, self, health_check_id):
        # AWS lets it go while records name it; they count as healthy then.
        health.forget_check(health_check_id)
        self.resource_tags.pop(health_check_id, None)
        return original(self, health_check_id)

    @replaces(Route53Backend, "delete_hosted_zone")
    def delete_zone(original, self, id_):
        deleted = original(self, id_)
        self.resource_tags.pop(id_, None)
        return deleted

    @adds(Route53, "get_health_check_status")
    def status(self):
        check = self.backend.get_health_check(self._get_param("HealthCheckId"))
        measured = health.of_check(check.id)
        if measured is None:  # nobody has looked yet: no observations, as in a check's first seconds
            return ActionResult({"HealthCheckObservations": []})
        regions = check.regions or ["us-east-1", "us-west-1", "eu-west-1"]
        report = {"Status": measured, "CheckedTime": utcnow()}
        return ActionResult({"HealthCheckObservations": [{"Region": one, "StatusReport": report} for one in regions]})
