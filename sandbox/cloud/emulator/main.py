"""Start: mend moto, then serve it and the box's own paths by HTTP/1.1 with connections kept open."""

import signal
import sys

from . import settings


def main(arguments: list[str]) -> None:
    """Serve on 127.0.0.1 at the port given (5000), until SIGTERM or SIGINT. Prints `ready` when it answers."""
    port = int(arguments[0]) if arguments else 5000
    settings.operator_key()
    from cheroot import wsgi  # moto's own server closes every connection: a TLS handshake per call

    server = wsgi.Server(
        ("127.0.0.1", port), application(), numthreads=40, request_queue_size=256, timeout=75, server_name="box"
    )
    server.prepare()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    print("ready", flush=True)
    try:
        server.serve()
    except (KeyboardInterrupt, SystemExit):
        server.interrupt = None
    finally:
        server.stop()


def application():
    """The WSGI application, mended."""
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

    from . import (
        account,
        addresses,
        autoscaling,
        credentials,
        ec2_deletes,
        elb,
        elbv2,
        images,
        instances,
        interfaces,
        launches,
        route53,
        routes,
        security_groups,
        topology,
        volumes,
        vpcs,
    )
    from .gate import Gate

    for part in (
        account,
        vpcs,
        images,
        addresses,
        interfaces,
        instances,
        launches,
        volumes,
        routes,
        security_groups,
        ec2_deletes,
        topology,
        autoscaling,
        elb,
        elbv2,
        route53,
        credentials,
    ):
        part.install()
    return Gate(DomainDispatcherApplication(create_backend_app))
