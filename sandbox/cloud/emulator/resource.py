"""A resource as policies see it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from . import settings


@dataclass(frozen=True)
class Resource:
    """`arn` is * where an action knows no resources."""

    arn: str
    tags: Mapping[str, str] = field(default_factory=dict)


def arn(service: str, region: str, name: str) -> str:
    """The ARN of what this account has; services of no region give none."""
    return f"arn:aws:{service}:{region}:{settings.ACCOUNT}:{name}"
