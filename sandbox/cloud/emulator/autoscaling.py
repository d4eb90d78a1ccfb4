"""Auto-scaling groups keep what they promise: the number of running instances, spread over the zones, registered."""

import copy
import traceback

from moto.autoscaling.exceptions import AutoscalingClientError
from moto.autoscaling.models import (
    AutoScalingBackend,
    FakeAutoScalingGroup,
    InstanceState,
    autoscaling_backends,
)
from moto.autoscaling.responses import AutoScalingResponse
from moto.core.exceptions import ServiceException
from moto.elb.models import elb_backends
from moto.elbv2.models import elbv2_backends

from . import scaling_activities, settings
from .patching import adds, replaces

_NAME_TAG = "aws:autoscaling:groupName"


def reconcile(region: str) -> None:
    """Bring every group of a region to its desired capacity."""
    for group in list(autoscaling_backends[settings.ACCOUNT][region].autoscaling_groups.values()):
        _reconcile(group)


def _reconcile(group) -> None:
    """Also while moto is still constructing the group, when it is not in its backend yet."""
    suspended = set(getattr(group, "_suspended_processes", []))
    for state in list(group.instance_states):
        gone = state.instance.state == "terminated"
        ailing = state.instance.state != "running" or state.health_status.lower() == "unhealthy"
        if gone or (ailing and state.lifecycle_state != "Standby" and "ReplaceUnhealthy" not in suspended):
            _let_go(group, state)
    if "Terminate" not in suspended:
        _shrink(group)
    if "Launch" not in suspended:
        _grow(group)
    _register(group)


def _shrink(group) -> None:
    active = group.active_instances()
    while len(active) > (group.desired_capacity or 0):
        state = _to_remove(active)
        if state is None:
            return
        _let_go(group, state)
        active = group.active_instances()


def _grow(group) -> None:
    while len(group.active_instances()) < (group.desired_capacity or 0):
        try:
            _launch(group)
        except Exception as refusal:
            # The group stands, short of instances, and says why in its activities; the next call tries again.
            scaling_activities.note(group, "Launching a new EC2 instance.", refusal)
            if not isinstance(refusal, ServiceException):
                traceback.print_exc()  # ours, not the caller's: it must not spoil every later call as well
            return


def _to_remove(active):
    """From the zone with the most instances the oldest one, as AWS's default termination policy begins."""
    free = [state for state in active if not state.protected_from_scale_in]
    if not free:
        return None
    count: dict[str, int] = {}
    for state in active:
        count[state.instance.availability_zone] = count.get(state.instance.availability_zone, 0) + 1
    return min(free, key=lambda state: (-count[state.instance.availability_zone], state.instance.launch_time))


def _let_go(group, state) -> None:
    group.instance_states.remove(state)
    if state.instance.state != "terminated":
        group.ec2_backend.terminate_instances([state.instance.id])
        scaling_activities.note(group, f"Terminating EC2 instance: {state.instance.id}")


def _launch(group) -> None:
    ec2 = group.ec2_backend
    subnets = (group.vpc_zone_identifier or "").split(",")
    held = [state.instance.subnet_id for state in group.instance_states]
    subnet = min(subnets, key=lambda one: (held.count(one), subnets.index(one)))
    launch: dict = {}
    if group.ec2_launch_template:
        version = group.ec2_launch_template.get_version(group.launch_template_version)
        launch = {
            "launch_template": {
                "LaunchTemplateId": group.ec2_launch_template.id,
                "Version": str(version.number),
            }
        }
    else:
        config = group.launch_config
        launch = {"security_group_ids": list(config.security_groups or []), "iam_instance_profile_name": None}
    reservation = ec2.run_instances(
        group.image_id,
        1,
        group.user_data,
        [],
        subnet_id=subnet or None,
        instance_type=group.instance_type,
        is_instance_type_default=False,
        tags={"instance": {**group.instance_tags, **group.get_propagated_tags(), _NAME_TAG: group.name}},
        associate_public_ip=getattr(group.launch_config, "associate_public_ip_address", None),
        **launch,
    )
    for instance in reservation.instances:
        instance.autoscaling_group = group
        group.instance_states.append(
            InstanceState(instance, protected_from_scale_in=group.new_instances_protected_from_scale_in)
        )
        scaling_activities.note(group, f"Launching a new EC2 instance: {instance.id}")


def _register(group) -> None:
    """Its instances in its load balancers; those that ended have left them by themselves."""
    members = [state.instance.id for state in group.active_instances()]
    known = elbv2_backends[group.account_id][group.region].target_groups
    for target_group in filter(None, (known.get(arn) for arn in group.target_group_arns or [])):
        for instance in members:
            if instance not in target_group.targets:
                target_group.register([{"Id": instance, "Port": target_group.port}])
    balancers = elb_backends[group.account_id][group.region].load_balancers
    for balancer in filter(None, (balancers.get(name) for name in group.load_balancer_names or [])):
        balancer.instance_autoscaling_ids = list(members)


def install() -> None:
    @adds(FakeAutoScalingGroup, "set_desired_capacity")
    def set_desired(self, new_capacity):
        self.desired_capacity = self.min_size if new_capacity is None else new_capacity
        _reconcile(self)

    # Ours does these right after every call.
    adds(AutoScalingBackend, "notify_terminate_instances")(lambda self, instance_ids: None)
    adds(AutoScalingBackend, "update_attached_elbs")(lambda self, group_name: None)
    adds(AutoScalingBackend, "update_attached_target_groups")(lambda self, group_name: None)

    @replaces(FakeAutoScalingGroup, "update")
    def update(original, self, *args, **kwargs):
        before = copy.copy(self.mixed_instances_policy)
        original(self, *args, **kwargs)
        if not self.mixed_instances_policy and not self.ec2_launch_template:
            self.mixed_instances_policy = before

    @replaces(AutoScalingBackend, "create_auto_scaling_group")
    def create(original, self, name, *args, **kwargs):
        if name in self.autoscaling_groups:
            raise AutoscalingClientError(
                "AlreadyExists",
                f"AutoScalingGroup by this name already exists - A group with the name {name} already exists",
            )
        return original(self, name, *args, **kwargs)

    @replaces(AutoScalingResponse, "delete_auto_scaling_group")
    def refuse(original, self):
        name = self._get_param("AutoScalingGroupName")
        group = self.autoscaling_backend.autoscaling_groups.get(name)
        if group and group.instance_states and not self._get_bool_param("ForceDelete", False):
            raise AutoscalingClientError(
                "ResourceInUse",
                "You cannot delete an AutoScalingGroup while there are instances or pending Spot instance request(s) "
                "still in the group.",
            )
        return original(self)
