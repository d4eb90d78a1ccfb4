"""What a request asks for in IAM's words: the service as policies name it, the action, and the parameters."""

import json
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from . import rest
from .actions import Call

# Services that sign with a name that is not the one in policies.
_PREFIXES = {"monitoring": "cloudwatch", "tagging": "tag"}


@dataclass(frozen=True)
class Asked:
    """`parameters` as the service's protocol has them: flat and numbered in queries, nested in JSON."""

    service: str
    action: str
    region: str
    parameters: dict[str, Any]

    def texts(self, pattern: str) -> list[str]:
        """The values of the parameters whose whole name is as the expression says, in the order of the request."""
        wanted = re.compile(pattern)
        return [str(value) for name, value in self.parameters.items() if wanted.fullmatch(name)]

    @property
    def name(self) -> str:
        """As policies have it, `ec2:CreateRoute`."""
        return f"{self.service}:{self.action}"


def read(call: Call, environ: dict, body: bytes) -> Asked:
    """The request of a call that may be refused; raises rest.Unknown if it cannot be told what it asks for."""
    if call.action is None:
        action, parameters = rest.read(call.service, environ)
    else:
        action, parameters = call.action, _parameters(environ, body)
    return Asked(_PREFIXES.get(call.service, call.service), action, call.region, parameters)


def _parameters(environ: dict, body: bytes) -> dict[str, Any]:
    if "HTTP_X_AMZ_TARGET" in environ:
        return _json_object(body)
    pairs = parse_qsl(environ.get("QUERY_STRING", "")) + parse_qsl(body.decode("utf-8", "replace"))
    return dict(pairs)


def _json_object(body: bytes) -> dict[str, Any]:
    """What is none names nothing; the service itself tells the caller so."""
    try:
        value = json.loads(body or b"{}")
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def request_tags(parameters: dict[str, Any]) -> dict[str, str]:
    """The tags that a request brings, however its protocol writes a list of them."""
    listed = parameters.get("Tags")
    if isinstance(listed, list):
        return {one["Key"]: one.get("Value", "") for one in listed}
    found = {}
    for name, key in parameters.items():
        if re.fullmatch(r"(TagSpecification\.\d+\.)?(Tag|Tags\.member)\.\d+\.Key", name):
            found[key] = parameters.get(name.removesuffix("Key") + "Value", "")
    return found
