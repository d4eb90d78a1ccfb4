"""Tags go with what they are on: moto keeps those of released addresses, revoked rules and deleted endpoints,
which an audit would find."""

from moto.ec2.models import EC2Backend

from .patching import replaces


def install() -> None:
    @replaces(EC2Backend, "describe_tags")
    def describe_tags(original, self, filters=None):
        alive = {address.allocation_id for address in self.addresses}
        for groups in list(self.groups.values()):
            for group in list(groups.values()):
                alive.update(rule.id for rule in group.ingress_rules + group.egress_rules)
        alive.update(end.id for end in self.vpc_end_points.values() if end.state != "deleted")
        mortal = ("eipalloc-", "sgr-", "vpce-")
        for resource in [one for one in self.tags if one.startswith(mortal) and one not in alive]:
            del self.tags[resource]
        return original(self, filters)
