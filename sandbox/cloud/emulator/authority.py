"""What a known caller may do, by the policies of its role or user."""

from . import asked, needs, policies
from .actions import Call
from .credentials import Identity
from .policy import Verdict, decide

_ALWAYS = "sts:GetCallerIdentity"  # whatever policies say: it tells nothing that the caller does not know


class Denied(Exception):
    """The caller is known and may not do this; the message is AWS's."""


def allow(identity: Identity, call: Call, environ: dict, body: bytes) -> None:
    """Raise Denied if a call is not allowed; conditions.Unsupported or rest.Unknown if that cannot be told."""
    documents = policies.of(identity)
    if documents is None:
        return
    for need in needs.of(asked.read(call, environ, body)):
        if need.action == _ALWAYS:
            continue
        context = {**need.context, "aws:principalarn": identity.principal}
        verdict = decide(documents, need.action, need.resource, context)
        if verdict is not Verdict.ALLOWED:
            raise Denied(_message(identity, need, verdict))


def _message(identity: Identity, need: needs.Need, verdict: Verdict) -> str:
    where = "" if need.resource == "*" else f" on resource: {need.resource}"
    why = (
        "with an explicit deny in an identity-based policy"
        if verdict is Verdict.DENIED
        else f"because no identity-based policy allows the {need.action} action"
    )
    return f"User: {identity.arn} is not authorized to perform: {need.action}{where} {why}"
