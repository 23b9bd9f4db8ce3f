"""`serve`: a replica of a service, in two processes (see `common.processes`)."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Final

import asyncpg

from common import telemetry
from common.cli.deployment import check_deployment
from common.cli.schema_revision import check_schema_revision
from common.http import Service
from common.http.connections import describe_connections
from common.persistence.database import Database, connect
from common.persistence.errors import CONNECTION_ERRORS, is_transient
from common.persistence.workload import COMMANDS
from common.processes.fork import fork
from common.processes.loop_process import run_loops
from common.processes.request_process import RequestProcess
from common.settings import Settings, load_settings
from common.simulated_time import TimeMode, installed_time_mode

UNTAKEN_AFTER_MS: Final = 60_000
"""Milliseconds after which a connection is closed whose other end takes nothing."""
KEEPALIVE_IDLE_S: Final = 60
"""Seconds of silence after which it is asked whether the other end is still there."""

log = telemetry.logger(__name__)


def serve(service: Service) -> None:
    """Run until SIGTERM or SIGINT. Raises SystemExit with a sentence where it cannot start, and with an
    exit code where one of its two processes has ended by itself."""
    settings = load_settings(service.settings)
    telemetry.configure_logs_of(service.name, settings)
    asyncio.run(check_time_mode(service, settings))
    asyncio.run(check_schema_revision(service, settings))
    asyncio.run(check_deployment(service, settings))
    listener = _listen("PORT", settings.host, settings.port)
    management = _listen("MANAGEMENT_PORT", settings.management_host, settings.management_port)
    log.info(
        "serving",
        address=_address(listener),
        management=_address(management),
        database_connections=describe_connections(service, settings),
    )
    answering = RequestProcess(service, settings)
    requests = fork(partial(_answer_requests, answering, listener, management))
    listener.close()
    if code := run_loops(service, settings, management, requests):
        raise SystemExit(code)


def _answer_requests(
    answering: RequestProcess,
    listener: socket.socket,
    management: socket.socket,
    channel: socket.socket,
) -> int:
    management.close()
    return answering.run(listener, channel)


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
        except CONNECTION_ERRORS as error:
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


def _listen(name: str, host: str, port: int) -> socket.socket:
    """Bind a port; connections to it inherit its options."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, KEEPALIVE_IDLE_S)
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNTAKEN_AFTER_MS)
    try:
        listener.bind((host, port))
    except OSError as error:
        raise SystemExit(
            f"OPSDESK_{name}={port} cannot be used on {host} ({error.strerror}): choose another one."
        ) from None
    return listener


def _address(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://{host}:{port}"
