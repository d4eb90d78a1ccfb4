"""The regions of an account: those of its own partition that are switched on without being asked for."""

from moto.ec2.models import EC2Backend

from .patching import replaces

# moto lists China's, the government's and the isolated partitions' regions too; no account sees two partitions.
_OTHER_PARTITIONS = ("cn-", "us-gov-", "us-iso", "eu-iso", "eusc-")


def install() -> None:
    @replaces(EC2Backend, "describe_regions")
    def describe_regions(original, self, region_names=None):
        own = [region for region in original(self, region_names) if not region.name.startswith(_OTHER_PARTITIONS)]
        # A region that has to be switched on first is left out unless it is asked for by name.
        return own if region_names else [region for region in own if region.opt_in_status == "opt-in-not-required"]
