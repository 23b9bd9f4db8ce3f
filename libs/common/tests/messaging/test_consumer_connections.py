"""The consumer has connections of its own: whatever requests wait for, events are applied."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Annotated
from uuid import UUID

import pytest
from aiokafka import AIOKafkaProducer
from fastapi import APIRouter
from sqlalchemy import text

from common.auth import Caller, requires
from common.auth.local_issuer import LocalIssuer
from common.http import Service, Transaction, create_app, route_workload, router
from common.messaging.kafka import Kafka
from common.persistence.database import Database
from common.persistence.ids import uuid7
from common.persistence.workload import LISTS, WRITES, Workload
from common.settings import Settings
from opsdesk_testing.client import client
from opsdesk_testing.ledger import Paid, amounts, make_tables, on_paid, paid_event
from opsdesk_testing.protocol import record_of
from opsdesk_testing.waiting import until

ACCOUNT = UUID(int=1)
Opener = Annotated[Caller, requires("tickets:open")]
Reader = Annotated[Caller, requires("tickets:read")]


def patient(workload: Workload) -> Workload:
    """Limits that a busy machine keeps, too: what is shown here is not how long they are."""
    return replace(workload, lock_s=60, statement_s=90)


@pytest.fixture
def locks(monkeypatch: pytest.MonkeyPatch) -> APIRouter:
    """Routes that read a table by the connections for writes and by those for lists."""
    monkeypatch.setattr(route_workload, "WRITES", patient(WRITES))
    monkeypatch.setattr(route_workload, "LISTS", patient(LISTS))
    routes = router("/v1/locks", ["locks"])

    @routes.post("", status_code=201)
    async def wait_for_the_table(caller: Opener, tx: Transaction) -> str:
        """Read what is locked."""
        return str(await tx.scalar(text("SELECT count(*) FROM revoked_tokens")))

    @routes.get("")
    async def list_locks(caller: Reader, tx: Transaction) -> str:
        """Read what is locked."""
        return str(await tx.scalar(text("SELECT count(*) FROM revoked_tokens")))

    return routes


@pytest.fixture
def issuer(
    database: Database, kafka: Kafka, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> LocalIssuer:
    for name, value in {
        "ENVIRONMENT": "test",
        "DATABASE_URL": database.url,
        "KAFKA_BOOTSTRAP_SERVERS": kafka.servers,
        "LOCAL_ISSUER_DIRECTORY": str(tmp_path),
    }.items():
        monkeypatch.setenv(f"OPSDESK_{name}", value)
    return LocalIssuer(tmp_path)


async def test_events_are_applied_while_every_connection_of_requests_waits(
    database: Database,
    kafka: Kafka,
    topic: str,
    owner_url: str,
    issuer: LocalIssuer,
    locks: APIRouter,
) -> None:
    """Thirty of each kind wait for a locked table, and no event becomes a dead letter."""
    await make_tables(database, owner_url)
    here = type("PaidHere", (Paid,), {"topic": topic, "__module__": __name__})
    app = create_app(
        Service(
            name=f"locks-{uuid7()}",
            schema=database.schema,
            title="Locks",
            settings=Settings,
            routers=(locks,),
            handlers={here: on_paid},
        )
    )
    async with app.router.lifespan_context(app), client(app, None) as anna:
        anna.headers["Authorization"] = f"Bearer {issuer.issue('anna', roles=('ops',)).token}"
        consumer = app.state.opsdesk.consumer
        await until(lambda: not consumer.is_behind())
        async with database.transaction() as tx:
            await tx.execute(text("LOCK TABLE revoked_tokens IN ACCESS EXCLUSIVE MODE"))
            requests = [
                asyncio.create_task(anna.request(method, "/v1/locks"))
                for method in ("POST", "GET")
                for _ in range(30)
            ]
            await until(lambda: _every_connection_waits(database))
            await send(kafka, topic)
            await until(lambda: _is_applied(database))
            waiting = [one for one in requests if not one.done()]
            assert len(waiting) >= WRITES.connections + LISTS.connections
        answers = await asyncio.gather(*requests)
        assert {one.status_code for one in answers} <= {200, 201, 503}
        assert consumer.trouble is None
    async with database.transaction() as tx:
        assert await tx.scalar(text("SELECT count(*) FROM dead_letters")) == 0


async def send(kafka: Kafka, topic: str) -> None:
    producer = AIOKafkaProducer(**kafka.options())
    await producer.start()
    for number in (1, 2, 3):
        record = record_of(paid_event(ACCOUNT, number), number)
        headers = list(record.headers)
        await producer.send_and_wait(topic, record.body, key=record.key, headers=headers)
    await producer.stop()


async def _is_applied(database: Database) -> bool:
    return await amounts(database, ACCOUNT) == [1, 2, 3]


async def _every_connection_waits(database: Database) -> bool:
    query = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        " AND wait_event_type = 'Lock' AND application_name LIKE 'opsdesk %'"
    )
    async with database.transaction() as tx:
        return int(await tx.scalar(query) or 0) >= WRITES.connections + LISTS.connections
