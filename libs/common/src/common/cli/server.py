"""`serve`: one process, one event loop; everything a replica does happens in it."""

import asyncio
import gc
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import uvicorn

from common import telemetry
from common.http import Service, create_app
from common.persistence.database import Database, passing
from common.settings import Settings, load
from common.simulated_time import Form, form_of
from common.simulated_time.routes import routes

GRACE = 10
"""Seconds that running requests get to end after SIGTERM."""
BACKLOG = 2048

log = telemetry.logger(__name__)


def serve(service: Service) -> None:
    """Run until SIGTERM or SIGINT. Ends with one sentence where it cannot or must not start."""
    settings = load(service.settings)
    telemetry.configure(service.name, settings)
    asyncio.run(refuse_the_wrong_clock(service, settings))
    listening = _listen(settings.host, settings.port)
    config = uvicorn.Config(
        create_app(service, *([routes] if settings.time == "simulated" else [])),
        loop="uvloop",
        http="httptools",
        lifespan="on",
        access_log=False,
        log_config=None,
        server_header=False,
        backlog=BACKLOG,
        timeout_graceful_shutdown=GRACE,
    )
    spare_the_collector()
    log.info("serving", address=f"http://{settings.host}:{listening.getsockname()[1]}")
    # What exists by now stays: the collector need not look through it again, 0.1 s each time.
    gc.collect()
    gc.freeze()
    uvicorn.Server(config).run(sockets=[listening])


def spare_the_collector() -> None:
    """Leave what lives as long as the process out of every collection.

    Looking through a hundred megabytes of modules and routes again and again took over a third of
    the time of applying events.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


async def refuse_the_wrong_clock(service: Service, settings: Settings) -> None:
    """Raise SystemExit unless `<schema>.now()` is what the settings say, to the letter."""
    wanted: Form = "simulated" if settings.time == "simulated" else "plain"
    found = await _form(settings.database_url.get_secret_value(), service.schema)
    if found != wanted:
        raise SystemExit(
            f"OPSDESK_TIME={settings.time} needs the {wanted} {service.schema}.now(), but the one "
            f"in the database is {found}: run `migrate` with the same OPSDESK_TIME first."
        )


async def _form(url: str, schema: str) -> Form:
    """Waits for a database that is not there yet: nothing else can be done without it."""
    while True:
        try:
            connection = await asyncpg.connect(url, timeout=10)
            try:
                return await form_of(connection, schema)
            finally:
                await connection.close()
        except (OSError, asyncpg.PostgresError, TimeoutError) as error:
            if isinstance(error, asyncpg.PostgresError) and not passing(error):
                raise SystemExit(
                    f"OPSDESK_DATABASE_URL is refused by PostgreSQL: {error}"
                ) from None
            log.warning("database.awaited", error=type(error).__name__)
            await asyncio.sleep(1)


@asynccontextmanager
async def opened(service: Service) -> AsyncIterator[Database]:
    """The service's database, for commands beside `serve`."""
    url = load(service.settings).database_url.get_secret_value()
    database = Database(url, service.schema, pool_size=2)
    try:
        yield database
    finally:
        await database.close()


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        raise SystemExit(
            f"OPSDESK_PORT={port} cannot be used on {host} ({error.strerror}): choose another one."
        ) from None
    return listening
