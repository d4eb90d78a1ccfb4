"""The box's own paths under /sandbox: the state feed, the write-backs, the account for the audit, the quotas,
the faults to play."""

import json
from urllib.parse import parse_qs

from . import account, answers, clock, credentials, faults, health, instance_answers, quotas, state
from .actions import json_body

Answer = tuple[str, list[tuple[str, str]], bytes]


def handle(environ: dict, body: bytes) -> Answer:
    """Answer a request to /sandbox/…; problems come back as 4xx with a sentence."""
    path, method = environ["PATH_INFO"], environ["REQUEST_METHOD"]
    try:
        if method == "GET" and path == "/sandbox/state":
            return _state(parse_qs(environ.get("QUERY_STRING", "")))
        with clock.state_lock:
            if method == "PUT":
                answers.forget()  # each changes what some look shows
            if method == "GET" and path == "/sandbox/account":
                return _json(account.whole())
            if method == "PUT" and path.startswith("/sandbox/console/"):
                instance_answers.put_console(path.rsplit("/", 1)[1], body)
                return _json({})
            if method == "PUT" and path == "/sandbox/target-health":
                health.put_targets(json_body(body))
                return _json({})
            if method == "PUT" and path == "/sandbox/health-check-status":
                health.put_checks(json_body(body))
                return _json({})
            if method == "PUT" and path == "/sandbox/quotas":
                quotas.put(json_body(body))
                return _json({})
            if method == "PUT" and path == "/sandbox/faults":
                return _json(faults.put(json_body(body)))
            if method == "POST" and path == "/sandbox/credentials":
                return _credentials(json_body(body))
    except (ValueError, KeyError) as error:
        return _json({"error": f"{method} {path}: {error}"}, "400 Bad Request")
    return _json({"error": f"{method} {path}: there is no such path"}, "404 Not Found")


def _state(query: dict[str, list[str]]) -> Answer:
    after, wait = int(query.get("after", ["-1"])[0]), float(query.get("wait", ["0"])[0])
    clock.wait_beyond(after, min(wait, 60))
    with clock.state_lock:
        return _json(state.cloud())


def _credentials(asked: dict) -> Answer:
    try:
        return _json(credentials.issue(asked["role"], asked["session"]))
    except credentials.NoCredentials as error:
        return _json({"error": str(error)}, "404 Not Found")


def _json(value, status: str = "200 OK") -> Answer:
    data = json.dumps(value).encode()
    return status, [("Content-Type", "application/json"), ("Content-Length", str(len(data)))], data
