"""PostgreSQL and Kafka for `make run`: named by the environment, else embedded, with kept data."""

import os
from contextlib import ExitStack
from dataclasses import dataclass
from urllib.parse import urlsplit

import asyncpg

from opsdesk_local.class_data_archive import kafka_programs
from opsdesk_local.console import print_line, progress
from opsdesk_local.errors import LocalRunError
from opsdesk_local.kafka import Kafka
from opsdesk_local.ports import free_port
from opsdesk_local.postgres import Postgres
from opsdesk_local.postgres_programs import postgres_programs
from opsdesk_local.processes import Child, wait_for_the_last_run
from opsdesk_local.state import State
from opsdesk_local.topics import run_blocking, wait_for_brokers

ADMIN_DATABASE_URL = "OPSDESK_ADMIN_DATABASE_URL"
KAFKA = "OPSDESK_KAFKA_BOOTSTRAP_SERVERS"
POSTGRES_PORT = 54329
KAFKA_PORT = 29092


@dataclass(frozen=True, slots=True)
class RunningServers:
    """The servers of `make run`. `children` are the ones that it started."""

    admin_url: str
    bootstrap: str
    children: list[Child]


def start_servers(state: State, stack: ExitStack) -> RunningServers:
    """Start servers unless the environment names them; `stack` stops the started ones."""
    url, bootstrap = os.environ.get(ADMIN_DATABASE_URL), os.environ.get(KAFKA)
    postgres = None if url else _launch_postgres(state, stack)
    kafka = None if bootstrap else _launch_kafka(state, stack)
    return RunningServers(
        admin_url=_database_url(postgres) if postgres else _given_database(url or ""),
        bootstrap=_bootstrap_servers(kafka) if kafka else _given_kafka(bootstrap or ""),
        children=_children(postgres, kafka),
    )


def _launch_postgres(state: State, stack: ExitStack) -> Postgres:
    with progress("Fetching PostgreSQL", "Fetched PostgreSQL", min_seconds=0.5):
        programs = postgres_programs(state)
    folder = state.run / "postgres"
    wait_for_the_last_run(folder / "data", "PostgreSQL")
    port = _port("PostgreSQL", POSTGRES_PORT)
    postgres = Postgres(folder, programs, state.password("postgres"), port=port)
    stack.callback(postgres.stop)
    postgres.launch()
    return postgres


def _launch_kafka(state: State, stack: ExitStack) -> Kafka:
    with progress("Fetching Kafka", "Fetched Kafka", min_seconds=0.5):
        jars = kafka_programs(state)
    wait_for_the_last_run(state.run / "kafka", "Kafka")
    kafka = Kafka(state.run, jars, port=_port("Kafka", KAFKA_PORT))
    stack.callback(kafka.stop)
    kafka.launch()
    return kafka


def _database_url(postgres: Postgres) -> str:
    with progress("Starting PostgreSQL", f"PostgreSQL is ready on port {postgres.port}"):
        postgres.wait_ready()
    return postgres.admin_url


def _bootstrap_servers(kafka: Kafka) -> str:
    with progress("Starting Kafka", f"Kafka is ready at {kafka.bootstrap}"):
        kafka.wait_ready()
    return kafka.bootstrap


def _given_database(url: str) -> str:
    try:
        run_blocking(_check_connection(url))
    except (OSError, TimeoutError, ValueError, asyncpg.PostgresError) as error:
        address = urlsplit(url).netloc.rpartition("@")[2]
        raise LocalRunError(
            f"{ADMIN_DATABASE_URL} names {address}, which cannot be connected to: {error}"
        ) from None
    return url


async def _check_connection(url: str) -> None:
    connection = await asyncpg.connect(url, timeout=10)
    await connection.close()


def _given_kafka(bootstrap: str) -> str:
    wait_for_brokers(bootstrap, count=1, seconds=10)
    return bootstrap


def _port(name: str, preferred: int) -> int:
    port = free_port(preferred)
    if port != preferred:
        print_line(f"Port {preferred} is taken: {name} listens on {port} instead.")
    return port


def _children(postgres: Postgres | None, kafka: Kafka | None) -> list[Child]:
    brokers = [broker.child for broker in kafka.brokers] if kafka else []
    return [child for child in (postgres and postgres.child, *brokers) if child]
