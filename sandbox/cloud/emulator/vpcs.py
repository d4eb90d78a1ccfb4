"""An account without defaults: no default VPC anywhere, and a subnet's public addresses only where it says so."""

from moto.ec2.models import EC2Backend
from moto.ec2.models.security_groups import SecurityGroupRule
from moto.ec2.models.subnets import SubnetBackend

from .patching import replaces


class _NoVpc:
    """What moto's constructor takes for the default VPC; nothing is ever found in it."""

    id = None


def install() -> None:
    @replaces(EC2Backend, "__init__")
    def init(original, self, region_name, account_id):
        self._without_defaults = True
        original(self, region_name, account_id)
        self._without_defaults = False

    @replaces(EC2Backend, "create_default_vpc")
    def create_default_vpc(original, self):
        # Only the constructor's is dropped: the API call that makes one on purpose still does.
        return _NoVpc() if self._without_defaults else original(self)

    @replaces(EC2Backend, "create_vpc")
    def create_vpc(original, self, *args, **kwargs):
        vpc = original(self, *args, **kwargs)
        group = self.get_default_security_group(vpc.id)
        # On AWS the members of a VPC's default group reach each other.
        group.ingress_rules.append(
            SecurityGroupRule(
                self,
                "-1",
                group.id,
                None,
                None,
                None,
                {"GroupId": group.id, "OwnerId": self.account_id},
                is_egress=False,
            )
        )
        return vpc

    @replaces(SubnetBackend, "create_subnet")
    def create_subnet(
        original,
        self,
        vpc_id,
        cidr_block,
        ipv6_cidr_block=None,
        availability_zone=None,
        availability_zone_id=None,
        **kwargs,
    ):
        if not availability_zone and not availability_zone_id:
            availability_zone = f"{self.region_name}a"
        subnet = original(self, vpc_id, cidr_block, ipv6_cidr_block, availability_zone, availability_zone_id, **kwargs)
        if not self.get_vpc(vpc_id).is_default:
            # moto takes the first subnet of a zone for the default one and gives it public addresses.
            subnet.default_for_az = False
            subnet.map_public_ip_on_launch = False
        return subnet
