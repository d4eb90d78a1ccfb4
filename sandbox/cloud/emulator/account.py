"""The whole account, flat, for an audit's before and after: whatever any backend of moto holds, of any service.

Nothing here lists what to look for. Every container of every backend in use is walked; left out are what the backend
was born with (AWS's own images, policies, prefix lists) and the few volatile things named in account_exclusions.py.
So a leftover of a kind that nobody thought of is found as well.
"""

import hashlib
from collections.abc import Iterator
from typing import Any

from moto.core.base_backend import AccountSpecificBackend, BackendDict, BaseBackend

from . import settings
from .account_exclusions import (
    SERVICES,
    SHELLS,
    is_gone,
    is_owned_by_aws,
    is_secret,
    is_volatile,
)
from .account_parts import parts_of
from .patching import replaces

_PRIMITIVE = (str, int, float, bool, type(None))


def whole() -> dict[str, dict]:
    """`{ "<region>/<service>/<kind>/<id>": summary }`, sorted. Hold the lock."""
    found: dict[str, dict] = {}
    for services in list(BackendDict._instances):
        if services.service_name in SERVICES:
            continue
        for region, backend in sorted(services.get(settings.ACCOUNT, {}).items()):
            born = getattr(backend, "born_with", frozenset())
            for kind, key, value in _walk(services.service_name, backend):
                if (kind, key) not in born:
                    place = "global" if region == "aws" else region
                    found[f"{place}/{services.service_name}/{kind}/{key}"] = _summary(backend, value)
    return dict(sorted(found.items()))


def _walk(service: str, backend: BaseBackend) -> Iterator[tuple[str, str, Any]]:
    for kind, container in sorted(vars(backend).items()):
        if not isinstance(container, (dict, list, set)) or is_volatile(service, kind):
            continue
        for key, value in _flatten(container):
            if is_gone(value) or is_owned_by_aws(service, kind, key, value):
                continue
            if (service, kind) not in SHELLS:
                yield kind, key, value
            yield from parts_of(service, kind, value)


def _flatten(container, prefix: str = "") -> Iterator[tuple[str, Any]]:
    items = container.items() if isinstance(container, dict) else [(_identity(value), value) for value in container]
    for key, value in list(items):
        path = f"{prefix}{_text(key)}".replace("//", "/")
        if isinstance(value, (dict, list, set)) and any(not isinstance(one, _PRIMITIVE) for one in _values(value)):
            yield from _flatten(value, path + "/")
        elif not isinstance(value, (dict, list, set)) or value:
            yield path, value


def _values(container):
    return container.values() if isinstance(container, dict) else container


def _identity(value: Any) -> str:
    for attribute in ("id", "arn", "name", "key_name", "identity"):
        found = getattr(value, attribute, None)
        if isinstance(found, str) and found:
            return found
    return hashlib.sha256(repr(sorted(_primitives(value).items())).encode()).hexdigest()[:16]


def _text(key: Any) -> str:
    return "/".join(map(str, key)) if isinstance(key, tuple) else str(key)


def _primitives(value: Any) -> dict:
    if isinstance(value, _PRIMITIVE):
        return {"value": value}
    attributes = value if isinstance(value, dict) else getattr(value, "__dict__", {})
    return {
        str(name): hashlib.sha256(str(one).encode()).hexdigest()[:12] if is_secret(str(name)) else one
        for name, one in attributes.items()
        if isinstance(one, _PRIMITIVE) and one is not None and not is_volatile("", str(name))
    }


def _summary(backend: BaseBackend, value: Any) -> dict:
    """What tells one from the other: its plain attributes, how much it contains, its tags."""
    summary = {name: one[:200] if isinstance(one, str) else one for name, one in _primitives(value).items()}
    if not isinstance(value, (*_PRIMITIVE, dict, list, set)):
        for name, one in vars(value).items():
            if isinstance(one, (dict, list, set)) and one and not is_volatile("", name):
                summary[f"#{name}"] = len(one)
    tags = getattr(backend, "tags", None)
    if isinstance(tags, dict) and tags.get(getattr(value, "id", None)):
        summary["tags"] = dict(tags[value.id])
    return dict(sorted(summary.items()))


def install() -> None:
    @replaces(AccountSpecificBackend, "__init__")
    def init(original, self, service_name, account_id, backend, *args, **kwargs):
        def born(region_name, account_id):
            made = backend(region_name, account_id)
            made.born_with = frozenset((kind, key) for kind, key, _ in _walk(service_name, made))
            return made

        original(self, service_name, account_id, born, *args, **kwargs)
