"""Conditions of policy statements, pure: every operator and every key has to hold, one of a key's values is enough."""

from collections.abc import Callable, Mapping

from .patterns import arn_like, like

# What is known of a request: keys in lower case, since their case does not count.
Context = Mapping[str, str]


class Unsupported(Exception):
    """A policy uses what is not evaluated here; guessing would allow or refuse what AWS does not."""


def _equal(wanted: str, got: str) -> bool:
    return wanted == got


def _equal_ignoring_case(wanted: str, got: str) -> bool:
    return wanted.lower() == got.lower()


_OPERATORS: dict[str, Callable[[str, str], bool]] = {
    "StringEquals": _equal,
    "StringEqualsIgnoreCase": _equal_ignoring_case,
    "StringLike": like,
    "ArnEquals": arn_like,  # on AWS the same as ArnLike
    "ArnLike": arn_like,
    "Bool": _equal_ignoring_case,
}
_OPPOSITES = {
    "StringNotEquals": "StringEquals",
    "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
    "StringNotLike": "StringLike",
    "ArnNotEquals": "ArnEquals",
    "ArnNotLike": "ArnLike",
}
_IF_EXISTS = "IfExists"


def hold(conditions: Mapping[str, Mapping], context: Context) -> bool:
    """Whether a statement's Condition holds for a request; raises Unsupported."""
    return all(
        _holds(operator, context.get(key.lower()), _texts(values))
        for operator, keys in conditions.items()
        for key, values in keys.items()
    )


def _holds(operator: str, got: str | None, wanted: list[str]) -> bool:
    if operator == "Null":
        return (got is None) == (wanted == ["true"])
    name = operator.removesuffix(_IF_EXISTS)
    matches = _OPERATORS.get(_OPPOSITES.get(name, name))
    if matches is None:
        raise Unsupported(f"the condition operator {operator}")
    if got is None:
        # What is not there differs from everything.
        return name in _OPPOSITES or name != operator
    return any(matches(one, got) for one in wanted) != (name in _OPPOSITES)


def _texts(values) -> list[str]:
    """JSON's true is the text "true", and one value stands for a list of one."""
    listed = values if isinstance(values, list) else [values]
    return [str(one).lower() if isinstance(one, bool) else str(one) for one in listed]
