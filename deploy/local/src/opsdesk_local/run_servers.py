"""PostgreSQL and Kafka for `make run`: named by the environment, else embedded, with kept data."""

import os
from contextlib import ExitStack
from urllib.parse import urlsplit

import asyncpg

from opsdesk_local.child_watch import ChildWatch
from opsdesk_local.class_data_archive import kafka_programs
from opsdesk_local.console import progress
from opsdesk_local.errors import LocalRunError
from opsdesk_local.kafka import Kafka
from opsdesk_local.port_book import PortBook
from opsdesk_local.postgres import Postgres
from opsdesk_local.postgres_programs import postgres_programs
from opsdesk_local.processes import wait_for_the_last_run
from opsdesk_local.state import State
from opsdesk_local.topics import run_blocking, wait_for_brokers

ADMIN_DATABASE_URL = "OPSDESK_ADMIN_DATABASE_URL"
KAFKA = "OPSDESK_KAFKA_BOOTSTRAP_SERVERS"
USUAL_PORTS = {"postgres": 54329, "kafka": 29092, "kafka-controller": 29093}


def start_servers(
    state: State, ports: PortBook, watch: ChildWatch, stack: ExitStack
) -> tuple[str, str]:
    """Start servers unless the environment names them; `stack` stops the started ones.

    Returns (URL of the database's administrator, addresses of Kafka).
    """
    url, bootstrap = os.environ.get(ADMIN_DATABASE_URL), os.environ.get(KAFKA)
    postgres = None if url else _launch_postgres(state, ports, watch, stack)
    kafka = None if bootstrap else _launch_kafka(state, ports, watch, stack)
    return (
        _database_url(postgres) if postgres else _given_database(url or ""),
        _bootstrap_servers(kafka) if kafka else _given_kafka(bootstrap or ""),
    )


def _launch_postgres(
    state: State, ports: PortBook, watch: ChildWatch, stack: ExitStack
) -> Postgres:
    with progress("Fetching PostgreSQL", "Fetched PostgreSQL", min_seconds=0.5):
        programs = postgres_programs(state)
    folder = state.run / "postgres"
    wait_for_the_last_run(folder / "data", "PostgreSQL")
    postgres = Postgres(folder, programs, state.password("postgres"), port=ports.claim("postgres"))
    stack.callback(postgres.stop)
    postgres.launch()
    watch.add(lambda: [postgres.child] if postgres.child else [])
    return postgres


def _launch_kafka(state: State, ports: PortBook, watch: ChildWatch, stack: ExitStack) -> Kafka:
    with progress("Fetching Kafka", "Fetched Kafka", min_seconds=0.5):
        jars = kafka_programs(state)
    wait_for_the_last_run(state.run / "kafka", "Kafka")
    kafka = Kafka(
        state.run,
        jars,
        port=ports.claim("kafka"),
        controller_port=ports.claim("kafka-controller"),
    )
    stack.callback(kafka.stop)
    kafka.launch()
    watch.add(lambda: [broker.child for broker in kafka.brokers if broker.child])
    return kafka


def _database_url(postgres: Postgres) -> str:
    with progress("Starting PostgreSQL", f"PostgreSQL is ready on port {postgres.port}"):
        postgres.wait_ready()
        run_blocking(refuse_other_postgres(postgres))
    return postgres.admin_url


async def refuse_other_postgres(postgres: Postgres) -> None:
    """Raise LocalRunError unless the server on the port is the one of the folder."""
    connection = await asyncpg.connect(postgres.admin_url, timeout=10)
    try:
        found = await connection.fetchval("SELECT system_identifier FROM pg_control_system()")
    finally:
        await connection.close()
    if found != postgres.system_identifier:
        raise LocalRunError(
            f"On port {postgres.port} another PostgreSQL answers, not that of {postgres.folder}: "
            "end it, or give PostgreSQL another port with OPSDESK_PORTS."
        )


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
