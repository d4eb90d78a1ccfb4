"""Errors before moto: in the words and the wire format of the service that was asked."""

import json
from xml.sax.saxutils import escape

_QUERY = {
    "iam",
    "sts",
    "elasticloadbalancing",
    "autoscaling",
    "monitoring",
    "sns",
    "cloudformation",
    "rds",
    "redshift",
}
Answer = tuple[str, list[tuple[str, str]], bytes]


def refusal(service: str, code: str, message: str) -> Answer:
    """A refused caller. `code` is STS's word; services have their own words for the same."""
    if service == "ec2":
        ec2 = {"InvalidClientTokenId": "AuthFailure", "SignatureDoesNotMatch": "AuthFailure"}
        ec2["ExpiredToken"] = "RequestExpired"
        text = "AWS was not able to validate the provided access credentials"
        return _xml(401, _ec2_body(ec2.get(code, code), text if code in ec2 else message))
    if service == "s3":
        s3 = {"InvalidClientTokenId": "InvalidAccessKeyId", "MissingAuthenticationToken": "AccessDenied"}
        return _xml(403, f"<Error><Code>{s3.get(code, code)}</Code><Message>{escape(message)}</Message></Error>")
    if service in _QUERY or service == "route53":
        namespace = ' xmlns="https://route53.amazonaws.com/doc/2013-04-01/"' if service == "route53" else ""
        body = f"<ErrorResponse{namespace}><Error><Type>Sender</Type><Code>{code}</Code>"
        return _xml(
            403, body + f"<Message>{escape(message)}</Message></Error><RequestId>box</RequestId></ErrorResponse>"
        )
    words = {"InvalidClientTokenId": "UnrecognizedClientException", "ExpiredToken": "ExpiredTokenException"}
    words["SignatureDoesNotMatch"] = "InvalidSignatureException"
    words["MissingAuthenticationToken"] = "MissingAuthenticationTokenException"
    return _json(400, words.get(code, code), message)


def denial(service: str, message: str) -> Answer:
    """A known caller whose policies do not allow what it asks."""
    if service == "ec2":
        text = f"You are not authorized to perform this operation. {message}"
        return _xml(403, _ec2_body("UnauthorizedOperation", text))
    if service in _QUERY or service in ("route53", "s3"):
        return refusal(service, "AccessDenied", message)
    return _json(400, "AccessDeniedException", message)


def unsupported(service: str, action: str | None) -> Answer:
    """A call that the emulator does not know: final, so that no SDK repeats it."""
    message = f"the sandbox's AWS does not implement {service} {action or 'this call'}"
    if service == "ec2":
        return _xml(400, _ec2_body("InvalidAction", message))
    if service in _QUERY or service in ("route53", "s3"):
        return _xml(400, _query_body("Sender", "InvalidAction", message))
    return _json(400, "UnknownOperationException", message)


def fault(service: str, action: str | None) -> Answer:
    """The emulator itself failed; its log has the cause."""
    return failed(service, f"the sandbox's AWS failed at {service} {action or ''}: see the emulator's log")


def failed(service: str, message: str) -> Answer:
    """Something inside AWS went wrong: an SDK asks again."""
    if service == "ec2":
        return _xml(500, _ec2_body("InternalError", message))
    if service == "s3":
        return _xml(500, f"<Error><Code>InternalError</Code><Message>{escape(message)}</Message></Error>")
    if service in _QUERY or service == "route53":
        return _xml(500, _query_body("Receiver", "InternalFailure", message))
    return _json(500, "InternalServerError", message)


def throttled(service: str) -> Answer:
    """Too many calls, in each service's words and status: an SDK asks again, more slowly."""
    if service == "ec2":
        return _xml(503, _ec2_body("RequestLimitExceeded", "Request limit exceeded."))
    if service == "s3":
        return _xml(503, "<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>")
    if service in _QUERY or service == "route53":
        return _xml(400, _query_body("Sender", "Throttling", "Rate exceeded"))
    return _json(400, "ThrottlingException", "Rate exceeded")


def _query_body(side: str, code: str, message: str) -> str:
    error = f"<Type>{side}</Type><Code>{code}</Code><Message>{escape(message)}</Message>"
    return f"<ErrorResponse><Error>{error}</Error></ErrorResponse>"


def _ec2_body(code: str, message: str) -> str:
    return (
        f"<Response><Errors><Error><Code>{code}</Code><Message>{escape(message)}</Message></Error></Errors>"
        "<RequestID>box</RequestID></Response>"
    )


def _status(number: int) -> str:
    return {
        400: "400 Bad Request",
        401: "401 Unauthorized",
        403: "403 Forbidden",
        500: "500 Internal Server Error",
        503: "503 Service Unavailable",
    }[number]


def _xml(status: int, body: str) -> Answer:
    data = ('<?xml version="1.0" encoding="UTF-8"?>' + body).encode()
    return _status(status), [("Content-Type", "text/xml"), ("Content-Length", str(len(data)))], data


def _json(status: int, code: str, message: str) -> Answer:
    data = json.dumps({"__type": code, "message": message}).encode()
    headers = [("Content-Type", "application/x-amz-json-1.1"), ("x-amzn-ErrorType", code)]
    return _status(status), headers + [("Content-Length", str(len(data)))], data
