"""Whose policies are evaluated: documents of a role, or of a user with its groups."""

import json
from collections.abc import Iterator
from functools import lru_cache

from moto.iam.models import iam_backends

from . import settings
from .credentials import Identity


def of(identity: Identity) -> list[dict] | None:
    """None for who may do everything: the operator, and users to whom nobody gave any policy."""
    iam = iam_backends[settings.ACCOUNT]["aws"]
    if identity.role:
        return [document for role in iam.roles.values() if role.name == identity.role for document in _held_by(role)]
    if identity.user:
        holders = [iam.get_user(identity.user), *iam.get_groups_for_user(identity.user)]
        return [document for holder in holders for document in _held_by(holder)] or None
    return None


def _held_by(holder) -> Iterator[dict]:
    for text in holder.policies.values():
        yield parsed(text)
    for policy in holder.managed_policies.values():
        yield from (parsed(version.document) for version in policy.versions if version.is_default)


@lru_cache(maxsize=256)
def parsed(text: str) -> dict:
    return json.loads(text)
