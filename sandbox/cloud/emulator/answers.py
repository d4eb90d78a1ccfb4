"""Answers to looks, kept until anything changes: who polls (waiters, the cloud controller) costs next to nothing."""

from . import clock
from .actions import Call
from .errors import Answer

_MOST = 512
_kept: dict[tuple, Answer] = {}
_of_version = 0


def forget() -> None:
    """After a change that is no mutation of the account: a measured health, a console."""
    _kept.clear()


def _key(call: Call, environ: dict, body: bytes) -> tuple | None:
    # Objects may be large, and no one polls them.
    if call.mutates or call.service == "s3":
        return None
    path = environ.get("REQUEST_URI") or environ["PATH_INFO"]
    return call.service, call.region, call.access_key, environ["REQUEST_METHOD"], path, call.action, body


def known(call: Call, environ: dict, body: bytes) -> Answer | None:
    """The answer given before to the same question, if nothing has changed since. Hold the lock."""
    global _of_version
    if _of_version != clock.version():
        _kept.clear()
        _of_version = clock.version()
    key = _key(call, environ, body)
    return _kept.get(key) if key else None


def keep(call: Call, environ: dict, body: bytes, answer: Answer) -> None:
    """Remember an answer to a look."""
    key = _key(call, environ, body)
    if key and answer[0].startswith("200") and len(_kept) < _MOST:
        _kept[key] = answer
