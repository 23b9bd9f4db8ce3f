"""How the two HTTP servers of a replica listen: time-outs, connections, no belief in proxies of its own."""

import resource
import sys
from typing import Final

import uvicorn
from starlette.types import ASGIApp

from common.http.guarded_protocol import ConnectionBounds, guarded_protocol
from common.settings import Settings

SHUTDOWN_GRACE_S: Final = 10
"""Seconds for running requests to end after SIGTERM."""
KEEP_ALIVE_S: Final = 75
"""Seconds that an idle connection stays open: longer than clients and balancers keep theirs (httpx 5 s,
most balancers 60 s), so that it is they who close it. With uvicorn's 5 s a request that was sent in that
very moment met a closed connection: its caller could not know whether it took effect."""
SOCKET_BACKLOG: Final = 2048
MANAGEMENT_CONNECTIONS: Final = 64
OTHER_DESCRIPTORS: Final = 256
"""Files and sockets of a replica beside its callers' connections: PostgreSQL, Kafka, logs."""


def server_config(app: ASGIApp, settings: Settings) -> uvicorn.Config:
    """Return the configuration of the server for callers."""
    return _config(app, min(settings.max_connections, available_descriptors()))


def management_config(app: ASGIApp, settings: Settings) -> uvicorn.Config:
    """Return the configuration of the server for ops."""
    return _config(app, MANAGEMENT_CONNECTIONS, lifespan="off")


def available_descriptors() -> int:
    """Raise the limit of open files as far as the system allows; return how many are for connections."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    return sys.maxsize if most == resource.RLIM_INFINITY else max(1, most - OTHER_DESCRIPTORS)


def _config(app: ASGIApp, connections: int, lifespan: str = "on") -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http=guarded_protocol(ConnectionBounds(connections)),
        lifespan=lifespan,  # type: ignore[arg-type]  # one of the three words
        ws="none",
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=False,
        backlog=SOCKET_BACKLOG,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=SHUTDOWN_GRACE_S,
    )
