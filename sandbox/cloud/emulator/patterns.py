"""How policies write names: * for any characters, ? for one; in ARNs, part by part."""

import re
from functools import lru_cache

_PARTS = 6  # arn:partition:service:region:account:resource


@lru_cache(maxsize=4096)
def _compiled(pattern: str) -> re.Pattern:
    signs = {"*": ".*", "?": "."}
    return re.compile("".join(signs.get(sign) or re.escape(sign) for sign in pattern), re.DOTALL)


def like(pattern: str, text: str) -> bool:
    """Whether the whole text is as the pattern says; case counts."""
    return _compiled(pattern).fullmatch(text) is not None


def action_like(pattern: str, action: str) -> bool:
    """As `like` for `service:Action`, where case does not count."""
    return like(pattern.lower(), action.lower())


def arn_like(pattern: str, arn: str) -> bool:
    """A * reaches no further than its part, but the last part is all that is left; parts left out may be anything."""
    if pattern == "*":
        return True
    wanted, got = pattern.split(":", _PARTS - 1), arn.split(":", _PARTS - 1)
    return len(got) == _PARTS and all(map(like, wanted, got))  # only as many as the pattern has
