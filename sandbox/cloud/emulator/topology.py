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

    @adds(EC2Response, "get_console_output")
    def get_console_output(self):
        instance = self.ec2_backend.get_instance(self._get_param("InstanceId"))
        text = base64.b64encode(_consoles.get(instance.id, b"")).decode()
        return ActionResult(
            {"InstanceId": instance.id, "Timestamp": utcnow(), "Output": Base64EncodedString(text)}
        )
