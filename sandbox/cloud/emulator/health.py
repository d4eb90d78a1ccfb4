"""What the data plane measured, as the daemon wrote it back: targets of load balancers, Route 53's health checks."""

_targets: dict[str, dict[str, str]] = {}
_checks: dict[str, str] = {}


def put_targets(measured: dict[str, dict[str, str]]) -> None:
    """`{ target group arn or "region/classic name": { target id: "healthy" | "unhealthy" } }`, each key whole."""
    for key, targets in measured.items():
        if not isinstance(targets, dict):
            raise ValueError(f"{key}: give an object of target id to healthy or unhealthy")
        for target, state in targets.items():
            if state not in ("healthy", "unhealthy"):
                raise ValueError(f"{key}: {target} is {state!r}; give healthy or unhealthy")
        _targets[key] = dict(targets)


def put_checks(measured: dict[str, str]) -> None:
    """`{ health check id: "Success…" | "Failure: …" }`."""
    _checks.update({key: str(value) for key, value in measured.items()})


def of_target(key: str, target: str) -> str | None:
    """None until the first measurement: on AWS `initial`."""
    return _targets.get(key, {}).get(target)


def of_check(check: str) -> str | None:
    return _checks.get(check)


def forget_targets(key: str) -> None:
    _targets.pop(key, None)


def forget_check(check: str) -> None:
    _checks.pop(check, None)
