"""What a request asks for: service, region, action, and whether it may change anything."""

import json
import re
from dataclasses import dataclass
from urllib.parse import parse_qs

_READS = re.compile(r"^(Describe|List|Get|Head|Lookup|Search|Test|Simulate|Validate|Decode|Filter|Check|BatchGet)")
# Named like a read although they make something.
_WRITES = {"GetSessionToken", "GetFederationToken"}
_CREDENTIAL = re.compile(r"Credential=([^/,\s]+)/(\d{8})/([^/,\s]+)/([^/,\s]+)/aws4_request")


@dataclass(frozen=True)
class Call:
    """One AWS request. `action` is None where only the path tells (S3, Route 53)."""

    service: str
    region: str
    action: str | None
    mutates: bool
    access_key: str | None


def credential_scope(environ: dict) -> tuple[str, str, str, str] | None:
    """(access key, date, region, service) of a SigV4 header or presigned URL; None if the call is not signed."""
    header = environ.get("HTTP_AUTHORIZATION", "")
    match = _CREDENTIAL.search(header)
    if match:
        return match.groups()  # type: ignore[return-value]
    query = parse_qs(environ.get("QUERY_STRING", ""))
    if "X-Amz-Credential" in query:
        parts = query["X-Amz-Credential"][0].split("/")
        if len(parts) == 5:
            return parts[0], parts[1], parts[2], parts[3]
    return None


def read_call(environ: dict, body: bytes) -> Call:
    """Classify a request without parsing more of it than its action."""
    scope = credential_scope(environ)
    key, _, region, service = scope if scope else (None, None, "us-east-1", "")
    action = _action(environ, body)
    if action:
        mutates = action in _WRITES or not _READS.match(action)
    else:
        mutates = environ["REQUEST_METHOD"] not in ("GET", "HEAD", "OPTIONS")
    return Call(service.lower(), region, action, mutates, key)


def _action(environ: dict, body: bytes) -> str | None:
    target = environ.get("HTTP_X_AMZ_TARGET")
    if target:
        return target.rsplit(".", 1)[-1]
    if environ.get("CONTENT_TYPE", "").startswith("application/x-www-form-urlencoded"):
        found = parse_qs(body.decode("utf-8", "replace")).get("Action")
        if found:
            return found[0]
    found = parse_qs(environ.get("QUERY_STRING", "")).get("Action")
    return found[0] if found else None


def json_body(body: bytes) -> dict:
    """The JSON object of a request to the box's own paths."""
    value = json.loads(body or b"{}")
    if not isinstance(value, dict):
        raise ValueError("the body must be a JSON object")
    return value
