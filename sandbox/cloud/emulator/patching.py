"""How the mends hold on to moto: replace a function, and get the one that was there."""

from collections.abc import Callable
from typing import Any


def replaces(owner: Any, name: str) -> Callable[[Callable], Callable]:
    """Decorator: put the function in moto's place; it gets moto's own one as the first argument."""
    original = getattr(owner, name)  # fails at start when a new moto has renamed it

    def install(function: Callable) -> Callable:
        def mended(*args: Any, **kwargs: Any) -> Any:
            return function(original, *args, **kwargs)

        mended.__name__ = name
        mended.__wrapped__ = original  # type: ignore[attr-defined]
        setattr(owner, name, mended)
        return function

    return install


def adds(owner: Any, name: str) -> Callable[[Callable], Callable]:
    """Decorator: give moto a method or property that it lacks, or take its place entirely."""

    def install(function: Callable) -> Callable:
        setattr(owner, name, function)
        return function

    return install
