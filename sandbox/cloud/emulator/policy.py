"""IAM's decision, pure: what policy documents say to one action on one resource."""

from collections.abc import Callable, Iterable, Mapping
from enum import Enum

from .conditions import Context, hold
from .patterns import action_like, arn_like


class Verdict(Enum):
    """SILENT is a refusal as well, told in other words: nobody allowed it, nobody forbade it."""

    ALLOWED = "allowed"
    DENIED = "denied"
    SILENT = "silent"


def decide(documents: Iterable[Mapping], action: str, resource: str, context: Context) -> Verdict:
    """One Deny outweighs every Allow. `resource` is an ARN, or * for an action that knows none."""
    verdict = Verdict.SILENT
    for document in documents:
        for statement in _listed(document.get("Statement", [])):
            if not _concerns(statement, action, resource, context):
                continue
            if statement["Effect"] == "Deny":
                return Verdict.DENIED
            verdict = Verdict.ALLOWED
    return verdict


def _concerns(statement: Mapping, action: str, resource: str, context: Context) -> bool:
    # The condition last: an operator that is not evaluated here stops only those calls that it decides.
    return (
        _named(statement, "Action", action, action_like)
        and _named(statement, "Resource", resource, arn_like)
        and hold(statement.get("Condition", {}), context)
    )


def _named(statement: Mapping, element: str, name: str, matches: Callable[[str, str], bool]) -> bool:
    """Whether Action or Resource names it, or NotAction or NotResource does not."""
    opposite = f"Not{element}"
    if opposite in statement:
        return not any(matches(pattern, name) for pattern in _listed(statement[opposite]))
    return any(matches(pattern, name) for pattern in _listed(statement.get(element, [])))


def _listed(value) -> list:
    return value if isinstance(value, list) else [value]
