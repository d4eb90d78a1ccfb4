"""The front door: who calls and may, one call at a time, the version after a mutation, and only then moto."""

import io
import traceback

from . import (
    actions,
    answers,
    authority,
    background,
    clock,
    conditions,
    credentials,
    errors,
    faults,
    own_paths,
    rest,
)


class Gate:
    """WSGI application around moto's own."""

    def __init__(self, moto) -> None:
        self.moto = moto

    def __call__(self, environ: dict, start_response):
        body = _read(environ)
        if environ["PATH_INFO"].startswith("/sandbox/"):
            answer = own_paths.handle(environ, body)
        else:
            call = actions.read_call(environ, body)
            with clock.state_lock:
                answer = self._admit(environ, body, call)
        status, headers, data = answer
        start_response(status, headers)
        # The answer to a HEAD ends with its headers; a refusal's body would be read as the next answer.
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [data]

    def _admit(self, environ: dict, body: bytes, call: actions.Call) -> errors.Answer:
        fault = faults.of(call)
        if fault:
            return fault
        try:
            identity = credentials.authenticate(environ, body)
            authority.allow(identity, call, environ, body)
        except credentials.Unknown as unknown:
            return errors.refusal(call.service, unknown.code, str(unknown))
        except authority.Denied as denied:
            return errors.denial(call.service, str(denied))
        except (conditions.Unsupported, rest.Unknown) as unsupported:
            return errors.unsupported(call.service, f"{unsupported}, which a policy has to decide")
        answer = answers.known(call, environ, body)
        if answer is None:
            answer = self._ask(environ, call)
            answers.keep(call, environ, body, answer)
        return answer

    def _ask(self, environ: dict, call: actions.Call) -> errors.Answer:
        lines: list[tuple[str, list[tuple[str, str]]]] = []
        try:
            data = b"".join(self.moto(environ, lambda status, headers, _=None: lines.append((status, headers))))
            if call.mutates:
                background.settle(call.service, call.region)
            return *lines[-1], data
        except NotImplementedError:
            return errors.unsupported(call.service, call.action)
        except Exception:
            # A fault of the emulator's: told whole in its log, and as 500 to the caller as AWS would.
            traceback.print_exc()
            return errors.fault(call.service, call.action)
        finally:
            if call.mutates:
                clock.bump()  # refused or failed as well: part of it may have been done


def _read(environ: dict) -> bytes:
    """The body, left in place for moto to read again."""
    stream = environ["wsgi.input"]
    if environ.get("CONTENT_LENGTH"):
        body = stream.read(int(environ["CONTENT_LENGTH"]))
    else:
        body = stream.read() if environ.get("HTTP_TRANSFER_ENCODING", "").lower() == "chunked" else b""
    environ["wsgi.input"] = io.BytesIO(body)
    return body
