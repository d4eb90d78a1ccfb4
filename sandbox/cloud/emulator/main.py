"""Start: mend moto, then serve it and the box's own paths by HTTP/1.1 with connections kept open."""

import os
import signal

from . import settings


def main(arguments: list[str]) -> None:
    """Serve on 127.0.0.1 at the port given (5000), until SIGTERM or SIGINT. Prints `ready` when it answers."""
    port = int(arguments[0]) if arguments else 5000
    settings.operator_key()
    from cheroot import (
        wsgi,  # moto's own server closes every connection: a TLS handshake per call
    )

    server = wsgi.Server(
        ("127.0.0.1", port),
        application(),
        numthreads=40,
        request_queue_size=256,
        timeout=75,
        server_name="box",
    )
    # cheroot keeps ten by itself and closes the others under their callers' feet.
    server.keep_alive_conn_limit = 1000
    server.prepare()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _end)
    print("ready", flush=True)
    server.serve()


def _end(*_) -> None:
    # All state is in memory and ends here; stopping the threads would wait for long polls.
    os._exit(0)


def application():
    """The WSGI application, mended."""
    from moto.moto_server.werkzeug_app import (
        DomainDispatcherApplication,
        create_backend_app,
    )

    from . import (
        account,
        addresses,
        autoscaling,
        bucket_policies,
        credentials,
        ec2_deletes,
        elb,
        elbv2,
        gateways,
        identities,
        images,
        instance_answers,
        instance_refresh,
        instances,
        interfaces,
        launch_templates,
        launches,
        orphan_tags,
        peerings,
        quick,
        quotas,
        regions,
        route53,
        routes,
        scaling_activities,
        security_groups,
        volumes,
        vpcs,
    )
    from .gate import Gate

    quick.install()
    account.install()  # first: it must see every backend as it is born
    for part in (vpcs, images, addresses, interfaces, instances, launch_templates, launches, volumes, routes):
        part.install()
    for part in (
        security_groups,
        gateways,
        peerings,
        ec2_deletes,
        instance_answers,
        autoscaling,
        instance_refresh,
        scaling_activities,
    ):
        part.install()
    for part in (regions, quotas, orphan_tags, elb, elbv2, route53, credentials, identities, bucket_policies):
        part.install()
    return Gate(DomainDispatcherApplication(create_backend_app))
