"""Actions and parameters of services that are asked by method and path: S3, and those whose model botocore brings."""

import re
from functools import lru_cache
from urllib.parse import parse_qsl

from botocore.exceptions import UnknownServiceError
from botocore.loaders import Loader

_VIRTUAL_HOST = re.compile(r"(.+)\.s3[.-]")
_VERBS = {"GET": "Get", "HEAD": "Get", "PUT": "Put", "POST": "Put", "DELETE": "Delete"}
# What of a bucket a query names, and its part of the action's name:
# https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html
_SETTINGS = {"acl": "BucketAcl", "cors": "BucketCORS", "location": "BucketLocation", "logging": "BucketLogging"}
_SETTINGS |= {"policy": "BucketPolicy", "policyStatus": "BucketPolicyStatus", "tagging": "BucketTagging"}
_SETTINGS |= {"notification": "BucketNotification", "versioning": "BucketVersioning", "website": "BucketWebsite"}
_SETTINGS |= {"publicAccessBlock": "BucketPublicAccessBlock", "ownershipControls": "BucketOwnershipControls"}
_SETTINGS |= {"lifecycle": "LifecycleConfiguration", "encryption": "EncryptionConfiguration"}
# To remove another setting than these is to put it.
_REMOVED = {"policy", "website"}
# What of an object.
_PARTS = {"acl": "Acl", "tagging": "Tagging"}
_LISTS = {"versions": "ListBucketVersions", "uploads": "ListBucketMultipartUploads"}
_BUCKETS = {"GET": "ListBucket", "HEAD": "ListBucket", "PUT": "CreateBucket", "DELETE": "DeleteBucket"}

# What narrows a listing of a bucket and names no part of it.
_LISTING = {"list-type", "prefix", "delimiter", "max-keys", "marker", "start-after", "continuation-token"}
_LISTING |= {"encoding-type", "fetch-owner", "x-id"}


class Unknown(Exception):
    """No action is known for a method and a path."""


def read(service: str, environ: dict) -> tuple[str, dict[str, str]]:
    """(action, parameters) of a request; raises Unknown."""
    path = environ["PATH_INFO"].encode("latin-1").decode("utf-8", "replace")
    method, query = environ["REQUEST_METHOD"], dict(parse_qsl(environ.get("QUERY_STRING", ""), True))
    if service == "s3":
        return _s3(method, environ.get("HTTP_HOST", ""), path, query)
    for wanted, expression, action in _routes(service):
        found = expression.fullmatch(path.rstrip("/")) if method == wanted else None
        if found:
            return action, found.groupdict()
    raise Unknown(f"{method} {path}")


def _s3(method: str, host: str, path: str, query: dict[str, str]) -> tuple[str, dict[str, str]]:
    virtual = _VIRTUAL_HOST.match(host)
    bucket, _, key = f"{virtual[1]}{path}".partition("/") if virtual else path[1:].partition("/")
    if not bucket:
        return "ListAllMyBuckets", {}
    if key:
        return _object(method, query), {"Bucket": bucket, "Key": key}
    setting = next((name for name in query if name in _SETTINGS), None)
    if setting:
        verb = "Put" if method == "DELETE" and setting not in _REMOVED else _VERBS[method]
        return f"{verb}{_SETTINGS[setting]}", {"Bucket": bucket}
    if method == "GET" and query.keys() & _LISTS.keys():
        return next(action for name, action in _LISTS.items() if name in query), {"Bucket": bucket}
    if method == "POST" and "delete" in query:
        # Which objects stands in the body; whoever may delete all of them may delete those.
        return "DeleteObject", {"Bucket": bucket, "Key": "*"}
    if method not in _BUCKETS or query.keys() - _LISTING:
        raise Unknown(f"{method} {path}?{'&'.join(query)}")
    return _BUCKETS[method], {"Bucket": bucket}


def _object(method: str, query: dict[str, str]) -> str:
    """A part of an upload is put as the whole is; an older version is read and removed by rights of their own."""
    if "uploadId" in query and method in ("GET", "DELETE"):
        return "ListMultipartUploadParts" if method == "GET" else "AbortMultipartUpload"
    part = next((_PARTS[name] for name in query if name in _PARTS), "")
    version = "Version" if "versionId" in query and method != "PUT" else ""
    return f"{_VERBS[method]}Object{version}{part}"


@lru_cache
def _routes(service: str) -> list[tuple[str, re.Pattern, str]]:
    """(method, path, action), a path with fewer parameters before one that matches more."""
    try:
        operations = Loader().load_service_model(service, "service-2")["operations"]
    except UnknownServiceError:
        return []
    routes = []
    for action, operation in operations.items():
        path = operation["http"]["requestUri"].partition("?")[0].rstrip("/")
        expression = re.compile(re.sub(r"\{(\w+)\+?\}", r"(?P<\1>[^/]+)", path))
        routes.append((operation["http"]["method"], expression, action))
    return sorted(routes, key=lambda route: route[1].groups)
