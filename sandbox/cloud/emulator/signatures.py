"""Signature version 4, verified.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
User data signs with curl, programs with SDKs; what AWS would refuse of theirs must fail here already.
"""

import hashlib
import hmac
import re
from urllib.parse import parse_qsl, quote, unquote

_AUTHORIZATION = re.compile(r"SignedHeaders=([^,\s]+),?\s*Signature=([0-9a-f]{64})")
_EMPTY = hashlib.sha256(b"").hexdigest()


def fault(environ: dict, body: bytes, scope: tuple[str, str, str, str], secret: str) -> str | None:
    """What is wrong with a request's signature, in AWS's words; None if it is right."""
    _, date, region, service = scope
    query = parse_qsl(_raw(environ)[1], keep_blank_values=True)
    presigned = dict(query).get("X-Amz-Signature")
    if presigned:
        signed, given = dict(query).get("X-Amz-SignedHeaders", "host"), presigned
        query = [(name, value) for name, value in query if name != "X-Amz-Signature"]
        moment = dict(query).get("X-Amz-Date", "")
    else:
        match = _AUTHORIZATION.search(environ.get("HTTP_AUTHORIZATION", ""))
        if match is None:
            return "Authorization header requires 'Signature' and 'SignedHeaders' parameters."
        signed, given = match.groups()
        moment = environ.get("HTTP_X_AMZ_DATE", "")
    claimed = environ.get("HTTP_X_AMZ_CONTENT_SHA256")
    if service == "s3" and not presigned and not claimed:
        return "Missing required header for this request: x-amz-content-sha256"
    digest = hashlib.sha256(body).hexdigest()
    if claimed and re.fullmatch(r"[0-9a-f]{64}", claimed) and claimed != digest:
        return "The provided 'x-amz-content-sha256' header does not match what was computed."
    payload = claimed or ("UNSIGNED-PAYLOAD" if presigned and service == "s3" else digest)
    canonical = "\n".join(
        [
            environ["REQUEST_METHOD"],
            _path(environ, service),
            "&".join(f"{name}={value}" for name, value in sorted((_encode(n), _encode(v)) for n, v in query)),
            "".join(f"{name}:{_header(environ, name)}\n" for name in signed.split(";")),
            signed,
            payload or _EMPTY,
        ]
    )
    credential = f"{date}/{region}/{service}/aws4_request"
    hashed = hashlib.sha256(canonical.encode()).hexdigest()
    text = f"AWS4-HMAC-SHA256\n{moment}\n{credential}\n{hashed}"
    if hmac.compare_digest(_sign(secret, credential, text), given):
        return None
    return (
        "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access "
        f"Key and signing method. The Canonical String for this request should have been '{canonical}'"
    )


def _raw(environ: dict) -> tuple[str, str]:
    """Path and query as they came over the wire, before any decoding."""
    target = environ.get("REQUEST_URI") or quote(environ["PATH_INFO"])
    path, _, query = target.partition("?")
    return path, query or environ.get("QUERY_STRING", "")


def _path(environ: dict, service: str) -> str:
    path = _raw(environ)[0] or "/"
    # S3 signs the path as sent, all others encode it once more.
    return quote(unquote(path), safe="/~-_.") if service == "s3" else quote(path, safe="/~-_.")


def _encode(text: str) -> str:
    return quote(text, safe="~-_.")


def _header(environ: dict, name: str) -> str:
    key = name.upper().replace("-", "_")
    value = environ.get(key) if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else environ.get("HTTP_" + key)
    return re.sub(r" +", " ", (value or "").strip())


def _sign(secret: str, credential: str, text: str) -> str:
    key = ("AWS4" + secret).encode()
    for part in credential.split("/"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
