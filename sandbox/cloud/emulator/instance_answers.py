"""Small answers that moto lacks and the cloud controller or the provider asks for."""

import base64

from moto.core.responses import ActionResult
from moto.core.types import Base64EncodedString
from moto.core.utils import utcnow
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models import EC2Backend
from moto.ec2.responses import EC2Response
from moto.ec2.responses import instances as responses

from .patching import adds, replaces

_STOPPED_ONLY = ("user_data", "instance_type", "ebs_optimized", "kernel", "ramdisk")

_consoles: dict[str, bytes] = {}
_TAIL = 64 * 1024  # as much as AWS keeps


def put_console(instance_id: str, text: bytes) -> None:
    _consoles[instance_id] = text[-_TAIL:]


def _monitoring(state: str):
    def answer(self):
        done = []
        for instance in self.ec2_backend.get_multi_instances_by_id(self._get_param("InstanceIds", [])):
            instance.monitoring_state = state
            done.append({"InstanceId": instance.id, "Monitoring": {"State": state}})
        return ActionResult({"InstanceMonitorings": done})

    return answer


def install() -> None:
    # Only large accelerator types have a topology; for all others AWS answers with an empty list, moto with a 500.
    adds(EC2Response, "describe_instance_topology")(lambda self: ActionResult({"Instances": []}))

    @replaces(responses, "parse_user_data")
    def parse_user_data(original, value):
        # ModifyInstanceAttribute sends it as a blob, which is decoded by now; all others as base64 text.
        return original(base64.b64encode(value).decode() if isinstance(value, bytes) else value)

    @replaces(EC2Backend, "modify_instance_attribute")
    def modify_attribute(original, self, instance_id, key, value):
        instance = self.get_instance(instance_id)
        if key in _STOPPED_ONLY and instance.state != "stopped":
            raise EC2ClientError(
                "IncorrectInstanceState", f"The instance '{instance_id}' is not in the 'stopped' state."
            )
        return original(self, instance_id, key, value)

    for name, state in (("monitor_instances", "enabled"), ("unmonitor_instances", "disabled")):
        adds(EC2Response, name)(_monitoring(state))

    @adds(EC2Response, "modify_instance_credit_specification")
    def modify_credits(self):
        done = []
        for asked in self._get_param("InstanceCreditSpecifications", []):
            instance = self.ec2_backend.get_instance(asked["InstanceId"])
            instance.cpu_credits = asked.get("CpuCredits")
            done.append({"InstanceId": instance.id})
        return ActionResult(
            {"SuccessfulInstanceCreditSpecifications": done, "UnsuccessfulInstanceCreditSpecifications": []}
        )

    @adds(EC2Response, "describe_instance_credit_specifications")
    def describe_credits(self):
        found = self.ec2_backend.describe_instance_credit_specifications(self._get_param("InstanceIds", []))
        # unlimited is AWS's default for t3 and newer, standard for t2
        shown = [
            {
                "InstanceId": one.id,
                "CpuCredits": getattr(one, "cpu_credits", None)
                or ("standard" if one.instance_type.startswith("t2.") else "unlimited"),
            }
            for one in found
        ]
        return ActionResult({"InstanceCreditSpecifications": shown})

    @adds(EC2Response, "modify_instance_maintenance_options")
    def modify_maintenance(self):
        instance = self.ec2_backend.get_instance(self._get_param("InstanceId"))
        return ActionResult({"InstanceId": instance.id, "AutoRecovery": self._get_param("AutoRecovery", "default")})

    @adds(EC2Response, "get_console_output")
    def get_console_output(self):
        instance = self.ec2_backend.get_instance(self._get_param("InstanceId"))
        text = base64.b64encode(_consoles.get(instance.id, b"")).decode()
        return ActionResult({"InstanceId": instance.id, "Timestamp": utcnow(), "Output": Base64EncodedString(text)})
