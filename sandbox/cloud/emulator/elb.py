"""Classic load balancers: always a health check, the region's host name, health as the data plane measured it."""

from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models import ec2_backends
from moto.elb.exceptions import DuplicateLoadBalancerName
from moto.elb.models import ELBBackend, FakeHealthCheck, LoadBalancer

from . import health, names
from .patching import adds, replaces


def install() -> None:
    @replaces(ELBBackend, "create_load_balancer")
    def create(
        original,
        self,
        name,
        zones,
        ports,
        scheme="internet-facing",
        subnets=None,
        security_groups=None,
        *args,
        **kwargs,
    ):
        if name in self.load_balancers:
            raise DuplicateLoadBalancerName(name)
        if not subnets:
            raise EC2ClientError("ValidationError", "Either AvailabilityZones or SubnetIds must be specified")
        balancer = original(self, name, zones, ports, scheme, subnets, security_groups, *args, **kwargs)
        ec2 = ec2_backends[self.account_id][self.region_name]
        balancer.availability_zones = sorted({ec2.get_subnet(subnet).availability_zone for subnet in balancer.subnets})
        # Without one AWS checks the first listener's instance port; the cloud controller counts on it being there.
        port = balancer.listeners[0].instance_port
        balancer.health_check = FakeHealthCheck(
            timeout="5", healthy_threshold="10", unhealthy_threshold="2", interval="30", target=f"TCP:{port}"
        )
        seed = f"{self.region_name}/{name}/{balancer.created_time.isoformat()}"
        balancer.dns_name = names.classic_name(name, self.region_name, balancer.scheme, seed)
        balancer.canonical_hosted_zone_name_id = names.balancer_zone(self.region_name, "classic")
        return balancer

    @replaces(ELBBackend, "delete_load_balancer")
    def delete(original, self, load_balancer_name):
        health.forget_targets(f"{self.region_name}/{load_balancer_name}")
        return original(self, load_balancer_name)

    @adds(LoadBalancer, "source_security_group")
    @property
    def source_security_group(self):
        group = self.security_groups[0] if self.security_groups else None
        return {"OwnerAlias": self.account_id, "GroupName": group}

    @adds(ELBBackend, "delete_load_balancer_listeners")
    def delete_listeners(self, name, ports):
        balancer = self.get_load_balancer(name)
        gone = {int(port) for port in ports}
        balancer.listeners = [one for one in balancer.listeners if int(one.load_balancer_port) not in gone]
        return balancer

    @replaces(ELBBackend, "register_instances")
    def register(original, self, load_balancer_name, instance_ids, from_autoscaling=False):
        balancer = self.get_load_balancer(load_balancer_name)
        known = set(balancer.instance_ids)
        return original(self, load_balancer_name, [i for i in instance_ids if i not in known], from_autoscaling)

    @replaces(ELBBackend, "describe_instance_health")
    def instance_health(original, self, lb_name, instances):
        answer = original(self, lb_name, instances)
        for item in answer:
            if item["State"] == "Unknown":
                item.update(ReasonCode="N/A", Description="Instance is not in the load balancer's set of instances")
                continue
            item["State"], item["ReasonCode"], item["Description"] = _describe(
                health.of_target(f"{self.region_name}/{lb_name}", item["InstanceId"]), item["State"]
            )
        return answer


def _describe(measured: str | None, state: str) -> tuple[str, str, str]:
    if state == "OutOfService":
        return state, "Instance", "Instance is in stopped state."
    if measured == "healthy":
        return "InService", "N/A", "N/A"
    if measured is None:
        return "OutOfService", "ELB", "Instance registration is still in progress."
    return (
        "OutOfService",
        "Instance",
        "Instance has failed at least the UnhealthyThreshold number of health checks consecutively.",
    )
