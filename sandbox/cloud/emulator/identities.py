"""IAM and parameters: what AWS checks before it keeps a document or a value, and a list that moto lacks."""

import json
from inspect import signature

from moto.core.responses import ActionResult
from moto.iam.exceptions import MalformedPolicyDocument
from moto.iam.models import IAMBackend
from moto.iam.responses import IamResponse
from moto.ssm.exceptions import ValidationException
from moto.ssm.models import SimpleSystemManagerBackend

from .patching import adds, replaces

_STANDARD = 4096  # characters; a certificate authority's key fits, a bundle may not
_ADVANCED = 8192


def _check_trust(document: str) -> None:
    try:
        statements = json.loads(document)["Statement"]
    except (ValueError, TypeError, KeyError):
        raise MalformedPolicyDocument("This policy contains invalid Json") from None
    for statement in statements if isinstance(statements, list) else [statements]:
        if not isinstance(statement, dict) or "Principal" not in statement:
            raise MalformedPolicyDocument("AssumeRole policy must contain resources with a Principal.")
        if "Resource" in statement:
            raise MalformedPolicyDocument("Has prohibited field Resource")


def install() -> None:
    @replaces(IAMBackend, "create_role")
    def create_role(original, self, role_name, assume_role_policy_document, *args, **kwargs):
        _check_trust(assume_role_policy_document)
        return original(self, role_name, assume_role_policy_document, *args, **kwargs)

    @adds(IamResponse, "list_instance_profile_tags")
    def list_instance_profile_tags(self):
        profile = self.backend.get_instance_profile(self._get_param("InstanceProfileName"))
        return ActionResult({"Tags": profile.tags, "IsTruncated": False})

    @replaces(SimpleSystemManagerBackend, "put_parameter")
    def put_parameter(original, self, *args, **kwargs):
        asked = signature(original).bind(self, *args, **kwargs).arguments
        value, tier = asked["value"] or "", asked.get("tier") or "Standard"
        limit = _STANDARD if tier == "Standard" else _ADVANCED
        if len(value.encode()) > limit:
            raise ValidationException(
                f"{tier} tier parameters support a maximum parameter value of {limit} characters. To create a larger "
                "parameter value, upgrade the parameter to use the advanced-parameter tier."
            )
        return original(self, *args, **kwargs)
