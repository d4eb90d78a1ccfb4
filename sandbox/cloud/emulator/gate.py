"""The front door: who calls, one call at a time, the version after a mutation, and only then moto."""

import io
import traceback

from . import actions, authority, background, clock, credentials, errors, own_paths


class Gate:
    """WSGI application around moto's own."""

    def __init__(self, moto) -> None:
        self.moto = moto

    def __call__(self, environ: dict, start_response):
        body = (
            environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
            if environ.get("CONTENT_LENGTH")
            else None
        )
        if body is None:
            chunked = environ.get("HTTP_TRANSFER_ENCODING", "").lower() == "chunked"
            body = environ["wsgi.input"].read() if chunked else b""
        environ["wsgi.input"] = io.BytesIO(body)
        if environ["PATH_INFO"].startswith("/sandbox/"):
            return _send(own_paths.handle(environ, body), start_response)
        call = actions.read_call(environ, body)
        with clock.state_lock:
            try:
                identity = credentials.authenticate(environ, body)
                authority.allow(identity, call)
            except credentials.Unknown as unknown:
                return _send(errors.refusal(call.service, unknown.code, str(unknown)), start_response)
            return self._answer(environ, call, start_response)

    def _answer(self, environ: dict, call: actions.Call, start_response):
        try:
            status = []

            def start(line, headers, exc_info=None):
                status.append((line, headers))

            chunks = b"".join(self.moto(environ, start))
        except NotImplementedError:
            return _send(errors.unsupported(call.service, call.action), start_response)
        except Exception:
            # A fault of the emulator's: told whole in its log, and as 500 to the caller as AWS would.
            traceback.print_exc()
            return _send(errors.fault(call.service, call.action), start_response)
        finally:
            if call.mutates:
                background.settle(call.service, call.region)
                clock.bump()
        line, headers = status[-1]
        start_response(line, headers)
        return [chunks]


def _send(answer: errors.Answer, start_response):
    status, headers, data = answer
    start_response(status, headers)
    return [data]
