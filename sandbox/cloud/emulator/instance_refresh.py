"""Instance refresh, which moto lacks: a group's instances replaced one after another from its launch template."""

import threading
import uuid

from moto.autoscaling.exceptions import AutoscalingClientError, ValidationError
from moto.autoscaling.responses import AutoScalingResponse
from moto.core.responses import ActionResult
from moto.core.utils import utcnow

from . import background, clock
from .patching import adds

_ACTIVE = ("Pending", "InProgress", "Cancelling")
_KEPT = 10  # refreshes remembered per group


class Refresh:
    """One run. Its thread takes the lock for each step, so that calls go on in between."""

    def __init__(self, group, preferences: dict) -> None:
        self.group = group
        self.id = str(uuid.uuid4())
        self.status = "Pending"
        self.reason: str | None = None
        self.started, self.ended = utcnow(), None
        self.preferences = preferences
        self.old = [state.instance.id for state in group.instance_states]
        self.left = len(self.old)
        self.stop = threading.Event()
        warmup = preferences.get("InstanceWarmup")
        self.warmup = float(group.health_check_grace_period or 0) if warmup is None else float(warmup)

    def shown(self) -> dict:
        done = 100 if not self.old else 100 * (len(self.old) - self.left) // len(self.old)
        return {
            "InstanceRefreshId": self.id,
            "AutoScalingGroupName": self.group.name,
            "Status": self.status,
            "StatusReason": self.reason,
            "StartTime": self.started,
            "EndTime": self.ended,
            "PercentageComplete": done,
            "InstancesToUpdate": self.left,
            "Preferences": self.preferences,
        }

    def run(self) -> None:
        with clock.state_lock:
            self.status = "InProgress"
        for instance in self.old:
            with clock.state_lock:
                if not self._replace(instance):
                    return
            if self.stop.wait(self.warmup):
                with clock.state_lock:
                    self._end("Cancelled", "Cancelled due to user request.")
                return
        with clock.state_lock:
            self._end("Successful", None)

    def _replace(self, instance: str) -> bool:
        known = self.group.autoscaling_backend.autoscaling_groups
        if known.get(self.group.name) is not self.group:
            self._end("Failed", "The Auto Scaling group was deleted.")
            return False
        member = next((state for state in self.group.instance_states if state.instance.id == instance), None)
        if self.stop.is_set():
            self._end("Cancelled", "Cancelled due to user request.")
            return False
        if member is not None:
            self.group.ec2_backend.terminate_instances([instance])
            background.settle("autoscaling", self.group.region)
            clock.bump()
        self.left -= 1
        return True

    def _end(self, status: str, reason: str | None) -> None:
        self.status, self.reason, self.ended = status, reason, utcnow()
        clock.bump()


def _refreshes(response) -> list[Refresh]:
    """Newest first. They live on the group and go with it."""
    name = response._get_param("AutoScalingGroupName")
    group = response.autoscaling_backend.autoscaling_groups.get(name)
    if group is None:
        raise ValidationError(f"AutoScalingGroup name not found - AutoScalingGroup '{name}' not found")
    return group.__dict__.setdefault("refreshes", [])


def _active(refreshes: list[Refresh]) -> Refresh | None:
    return next((one for one in refreshes if one.status in _ACTIVE), None)


def install() -> None:
    @adds(AutoScalingResponse, "start_instance_refresh")
    def start(self):
        refreshes = _refreshes(self)
        if _active(refreshes):
            raise AutoscalingClientError("InstanceRefreshInProgress", "An Instance Refresh is already in progress.")
        group = self.autoscaling_backend.autoscaling_groups[self._get_param("AutoScalingGroupName")]
        refresh = Refresh(group, dict(self._get_param("Preferences", {}) or {}))
        refreshes.insert(0, refresh)
        del refreshes[_KEPT:]
        threading.Thread(target=refresh.run, name=f"refresh {group.name}", daemon=True).start()
        return ActionResult({"InstanceRefreshId": refresh.id})

    @adds(AutoScalingResponse, "cancel_instance_refresh")
    def cancel(self):
        refresh = _active(_refreshes(self))
        if refresh is None:
            raise AutoscalingClientError(
                "ActiveInstanceRefreshNotFound",
                "No in progress or pending Instance Refresh found for the group.",
            )
        refresh.status = "Cancelling"
        refresh.stop.set()
        return ActionResult({"InstanceRefreshId": refresh.id})

    @adds(AutoScalingResponse, "describe_instance_refreshes")
    def describe(self):
        wanted = self._get_param("InstanceRefreshIds", []) or []
        found = [one.shown() for one in _refreshes(self) if not wanted or one.id in wanted]
        return ActionResult({"InstanceRefreshes": found})

    # Nothing of the kind can be made here; who reads a group asks for them all the same.
    adds(AutoScalingResponse, "describe_traffic_sources")(lambda self: ActionResult({"TrafficSources": []}))
    adds(AutoScalingResponse, "describe_notification_configurations")(
        lambda self: ActionResult({"NotificationConfigurations": []})
    )
