"""`serve`: a replica of a service, in one process with one event loop."""

import asyncio
import gc
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import uvicorn

from common import telemetry
from common.cli.deployment import check_deployment
from common.cli.draining_server import DrainingServer
from common.http import Service, create_app
from common.http.connections import describe_connections
from common.http.drain import drain_of
from common.persistence.database import Database, connect
from common.persistence.errors import is_transient
from common.persistence.workload import COMMANDS
from common.settings import Settings, load_settings
from common.simulated_time import TimeMode, installed_time_mode
from common.simulated_time.routes import routes

SHUTDOWN_GRACE_S = 10
"""Seconds for running requests to end after SIGTERM."""
KEEP_ALIVE_S = 75
"""Seconds that an idle connection stays open: longer than clients and balancers keep theirs (httpx 5 s,
most balancers 60 s), so that it is they who close it. With uvicorn's 5 s a request that was sent in that
very moment met a closed connection: its caller could not know whether it took effect."""
SOCKET_BACKLOG = 2048

log = telemetry.logger(__name__)


def serve(service: Service) -> None:
    """Run until SIGTERM or SIGINT. Raises SystemExit with a sentence where it cannot start."""
    settings = load_settings(service.settings)
    telemetry.configure(service.name, settings)
    asyncio.run(check_time_mode(service, settings))
    asyncio.run(check_deployment(service, settings))
    listener = _listen(settings.host, settings.port)
    app = create_app(service, *([routes] if settings.time_mode == "simulated" else []))
    config = uvicorn.Config(
        app,
        loop="uvloop",
        http="httptools",
        lifespan="on",
        access_log=False,
        log_config=None,
        server_header=False,
        backlog=SOCKET_BACKLOG,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=SHUTDOWN_GRACE_S,
    )
    tune_gc()
    log.info(
        "serving",
        address=f"http://{settings.host}:{listener.getsockname()[1]}",
        database_connections=describe_connections(service, settings),
    )
    # Objects that exist now live as long as the process: no collection needs to visit them (0.1 s).
    gc.collect()
    gc.freeze()
    DrainingServer(config, drain_of(app), settings.drain_s).run(sockets=[listener])


def tune_gc() -> None:
    """Exclude objects that live as long as the process from garbage collection.

    Visiting a hundred megabytes of modules and routes again and again took over a third of the time
    of applying events.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


async def check_time_mode(service: Service, settings: Settings) -> None:
    """Raise SystemExit unless `<schema>.now()` has the form that the settings demand."""
    expected: TimeMode = "simulated" if settings.time_mode == "simulated" else "plain"
    installed = await _read_time_mode(settings.database_url.get_secret_value(), service.schema)
    if installed != expected:
        raise SystemExit(
            f"OPSDESK_TIME_MODE={settings.time_mode} needs the {expected} {service.schema}.now(), but the one in the database is {installed}: run `migrate` with the same OPSDESK_TIME_MODE first."
        )


async def _read_time_mode(url: str, schema: str) -> TimeMode:
    """Read the installed time mode; wait for a database that is not there yet."""
    while True:
        try:
            connection = await connect(url, schema, COMMANDS)
            try:
                return await installed_time_mode(connection, schema)
            finally:
                await connection.close()
        except ssl.SSLCertVerificationError as error:
            raise SystemExit(
                f"PostgreSQL at OPSDESK_DATABASE_URL cannot prove who it is ({error.verify_message}): give the name in its certificate, and its authority by OPSDESK_DATABASE_CA_FILE."
            ) from None
        except (OSError, asyncpg.PostgresError, TimeoutError) as error:
            if isinstance(error, asyncpg.PostgresError) and not is_transient(error):
                raise SystemExit(
                    f"OPSDESK_DATABASE_URL is refused by PostgreSQL: {error}"
                ) from None
            log.warning("database.awaited", error=type(error).__name__)
            await asyncio.sleep(1)


@asynccontextmanager
async def open_database(service: Service) -> AsyncIterator[Database]:
    """Open the service's database, for commands other than `serve`."""
    url = load_settings(service.settings).database_url.get_secret_value()
    database = Database(url, service.schema, pool_size=2)
    try:
        yield database
    finally:
        await database.close()


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        raise SystemExit(
            f"OPSDESK_PORT={port} cannot be used on {host} ({error.strerror}): choose another one."
        ) from None
    return listener
