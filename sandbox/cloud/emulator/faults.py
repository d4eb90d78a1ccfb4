"""Answers that are none, at a rate: calls throttled and calls that fail inside AWS, before anything of them is done.

A real failure may also come after the work is done; that one is not played, since what it leaves differs from call to
call.
"""

import random

from . import errors
from .actions import Call

_rates = {"throttled": 0.0, "failed": 0.0}
_counts = {"asked": 0, "throttled": 0, "failed": 0}
_dice = random.Random()


def put(asked: dict) -> dict[str, int]:
    """Set the rates, `{"throttled": 0.05, "failed": 0.02, "seed": 1}` (none: 0), and count anew; the counts until now."""
    rates = {name: float(asked.get(name, 0)) for name in _rates}
    if any(rate < 0 for rate in rates.values()) or sum(rates.values()) > 1:
        raise ValueError("rates are shares of all calls, from 0 to 1 together")
    before = dict(_counts)
    _rates.update(rates)
    _counts.update(dict.fromkeys(_counts, 0))
    _dice.seed(asked.get("seed"))
    return before


def of(call: Call) -> errors.Answer | None:
    """What a call gets in place of its answer; None for nearly all of them."""
    _counts["asked"] += 1
    drawn = _dice.random()
    if drawn < _rates["throttled"]:
        _counts["throttled"] += 1
        return errors.throttled(call.service)
    if drawn < _rates["throttled"] + _rates["failed"]:
        _counts["failed"] += 1
        return errors.failed(call.service, "An internal error has occurred")
    return None
