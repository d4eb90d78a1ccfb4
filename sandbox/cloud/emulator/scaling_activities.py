"""What an auto-scaling group did and why it failed: the only place where AWS tells of a launch that did not succeed."""

import uuid

from moto.autoscaling.responses import AutoScalingResponse
from moto.core.responses import ActionResult
from moto.core.utils import utcnow

from .patching import adds

_KEPT = 100  # per group


def note(group, description: str, failure: Exception | None = None) -> None:
    """Remember one activity, newest first; the same failure again only renews its time."""
    activities = group.__dict__.setdefault("activities", [])
    message = str(failure) if failure else None
    if activities and message and activities[0]["StatusMessage"] == message:
        activities[0]["EndTime"] = utcnow()
        return
    activities.insert(
        0,
        {
            "ActivityId": str(uuid.uuid4()),
            "AutoScalingGroupName": group.name,
            "AutoScalingGroupARN": group.arn,
            "Description": description,
            "Cause": "An instance was started or taken away to match the desired capacity.",
            "StartTime": utcnow(),
            "EndTime": utcnow(),
            "StatusCode": "Failed" if failure else "Successful",
            "StatusMessage": message,
            "Progress": 100,
        },
    )
    del activities[_KEPT:]


def install() -> None:
    @adds(AutoScalingResponse, "describe_scaling_activities")
    def describe(self):
        name = self._get_param("AutoScalingGroupName")
        groups = self.autoscaling_backend.autoscaling_groups
        chosen = [groups[name]] if name in groups else ([] if name else list(groups.values()))
        return ActionResult({"Activities": [one for group in chosen for one in getattr(group, "activities", [])]})
