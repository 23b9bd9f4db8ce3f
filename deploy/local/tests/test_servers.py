"""Embedded servers come back after `kill -9` with everything they had acknowledged."""

import asyncio
from pathlib import Path

import asyncpg
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from opsdesk_local.class_data_archive import kafka_programs
from opsdesk_local.kafka import Kafka
from opsdesk_local.ports import accepts_connections
from opsdesk_local.postgres import Postgres
from opsdesk_local.postgres_programs import postgres_programs
from opsdesk_local.processes import processes_in, spawn
from opsdesk_local.servers import Servers, embedded_servers
from opsdesk_local.state import State, unprivileged_user
from opsdesk_local.topics import TOPICS, create_topics


def postgres_of(servers: Servers) -> Postgres:
    assert servers.postgres
    return servers.postgres


def kafka_of(servers: Servers) -> Kafka:
    assert servers.kafka
    return servers.kafka


async def test_postgres_keeps_commits_over_kill(servers: Servers) -> None:
    connection = await asyncpg.connect(servers.admin_url)
    await connection.execute("CREATE TABLE kept AS SELECT 1 AS one")
    await asyncio.to_thread(postgres_of(servers).kill)
    await asyncio.to_thread(postgres_of(servers).start)
    again = await asyncpg.connect(servers.admin_url)
    assert await again.fetchval("SELECT one FROM kept") == 1
    await again.close()
    connection.terminate()


def test_a_pid_file_that_names_another_process_does_not_hinder(
    servers: Servers, folder: Path
) -> None:
    """After a crash the number in it may by now belong to any process of the same user."""
    postgres = postgres_of(servers)
    postgres.kill()
    command = ["sleep", "60"]
    log = folder / "log"
    other = spawn(command, name="other", folder=folder, log=log, user=unprivileged_user())
    pid_file = postgres.data / "postmaster.pid"
    _, *lines = pid_file.read_text().splitlines()
    pid_file.write_text("\n".join([str(other.pid), *lines]) + "\n")
    postgres.start()
    assert accepts_connections(postgres.port)
    assert other.alive
    other.kill()


def test_an_orderly_stop_leaves_no_process(servers: Servers) -> None:
    postgres = postgres_of(servers)
    postgres.stop()
    assert processes_in(postgres.data) == []
    postgres.start()


async def test_kafka_keeps_records_over_kill(servers: Servers) -> None:
    await asyncio.to_thread(create_topics, servers.bootstrap)
    await send(servers.bootstrap, "opsdesk.tickets", b"kept")
    await asyncio.to_thread(kafka_of(servers).kill)
    await asyncio.to_thread(kafka_of(servers).start)
    assert await first_record(servers.bootstrap, "opsdesk.tickets") == b"kept"


def test_topics_are_created_once(servers: Servers) -> None:
    create_topics(servers.bootstrap)
    assert create_topics(servers.bootstrap) == []


def test_topics_are_as_the_architecture_names_them() -> None:
    assert TOPICS["opsdesk.tickets"] == 12
    assert TOPICS["opsdesk.escalations.second-level"] == 1
    assert TOPICS["opsdesk.dead-letters.delivery-gate"] == 1
    assert TOPICS["opsdesk.evidence"] == 12
    assert TOPICS["opsdesk.dead-letters.console"] == 1
    assert len(TOPICS) == 20


async def test_two_of_three_brokers_are_enough(state: State) -> None:
    kafka = Kafka(state.folder, kafka_programs(state), size=3)
    try:
        await asyncio.to_thread(kafka.start)
        await asyncio.to_thread(create_topics, kafka.bootstrap)
        await asyncio.to_thread(kafka.brokers[0].kill)
        others = ",".join(f"127.0.0.1:{broker.port}" for broker in kafka.brokers[1:])
        await send(others, "opsdesk.clocks", b"kept")
        await asyncio.to_thread(kafka.brokers[0].start)
        await asyncio.to_thread(kafka.wait_ready)
    finally:
        kafka.kill()


def test_two_test_runs_at_once_have_their_own_servers(state: State) -> None:
    with embedded_servers(state) as one, embedded_servers(state) as other:
        assert one.admin_url != other.admin_url
        assert one.bootstrap != other.bootstrap


def test_data_go_also_where_the_run_is_interrupted(state: State) -> None:
    folders = []

    def interrupted() -> None:
        with embedded_servers(state, brokers=0, durable=True) as servers:
            folders.append(postgres_of(servers).folder)
            assert folders[0].exists()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert not folders[0].exists()


async def send(bootstrap: str, topic: str, value: bytes) -> None:
    async with AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all") as producer:
        await asyncio.wait_for(producer.send_and_wait(topic, value), timeout=30)


async def first_record(bootstrap: str, topic: str) -> bytes:
    consumer = AIOKafkaConsumer(topic, bootstrap_servers=bootstrap, auto_offset_reset="earliest")
    async with consumer:
        record = await asyncio.wait_for(consumer.getone(), timeout=30)
        assert record.value is not None
        return bytes(record.value)


def test_a_socket_folder_may_be_too_long(state: State, folder: Path) -> None:
    """Unix sockets have paths of at most 107 bytes; without one PostgreSQL has TCP left."""
    deep = folder / ("a" * 100)
    deep.mkdir()
    postgres = Postgres(deep / "postgres", postgres_programs(state), "secret", durable=False)
    try:
        postgres.start()
        assert accepts_connections(postgres.port)
    finally:
        postgres.kill()
