"""Small answers that moto lacks and the cloud controller or the provider asks for."""

import base64

from moto.core.responses import ActionResult
from moto.core.types import Base64EncodedString
from moto.core.utils import utcnow
from moto.ec2.responses import EC2Response

from .patching import adds

_consoles: dict[str, bytes] = {}
_TAIL = 64 * 1024  # as much as AWS keeps


def put_console(instance_id: str, text: bytes) -> None:
    _consoles[instance_id] = text[-_TAIL:]


def install() -> None:
    # Only large accelerator types have a topology; for all others AWS answers with an empty list, moto with a 500.
    adds(EC2Response, "describe_instance_topology")(lambda self: ActionResult({"Instances": []}))

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
        return ActionResult(
            {"InstanceId": instance.id, "AutoRecovery": self._get_param("AutoRecovery", "default")}
        )

    @adds(EC2Response, "get_console_output")
    def get_console_output(self):
        instance = self.ec2_backend.get_instance(self._get_param("InstanceId"))
        text = base64.b64encode(_consoles.get(instance.id, b"")).decode()
        return ActionResult(
            {"InstanceId": instance.id, "Timestamp": utcnow(), "Output": Base64EncodedString(text)}
        )
