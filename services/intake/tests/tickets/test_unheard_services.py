"""Tickets that name a service while intake's copy of the catalogue is not current (I5)."""

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast
from uuid import UUID

import pytest
from fastapi import FastAPI
from httpx import AsyncClient, Response
from sqlalchemy import text

from common.auth.local_issuer import LocalIssuer
from common.events.catalogue import ServiceCatalogued
from common.http import create_app, state_of
from common.http.state import set_state
from common.messaging.catch_up import AppliedEvents
from common.persistence.database import Database
from intake.app import SERVICE
from intake_support.services import announce_service
from intake_support.tickets import DOWN, act, open_ticket
from opsdesk_testing.client import client, management_client
from opsdesk_testing.protocol import outbox_events

LEDGER = UUID(int=0x1ED)
NAMED = DOWN | {"service": "ledger"}


@dataclass
class _StubConsumer:
    """A consumer that is behind, in trouble, or catches up (doing `meanwhile`) where it is neither."""

    behind: bool = False
    trouble: str | None = None
    caught_up: bool = True
    meanwhile: Callable[[], Awaitable[None]] | None = None

    async def may_lack(self, topics: Collection[str]) -> bool:
        assert topics == (ServiceCatalogued.topic,)
        return self.behind or self.trouble is not None

    async def is_current(self, topic: str, key: None, within_s: float, load: object) -> bool:
        assert topic == ServiceCatalogued.topic
        if self.meanwhile is not None:
            await self.meanwhile()
        return self.caught_up


def _install(app: FastAPI, consumer: _StubConsumer) -> None:
    set_state(app, replace(state_of(app), consumer=cast(AppliedEvents, consumer)))


async def _unverified(database: Database) -> list[str]:
    """The services that audit entries of opened tickets say were not verified."""
    query = "SELECT grounds ->> 'unverified_service' FROM audit WHERE action = 'ticket.open'"
    async with database.transaction() as tx:
        return [service for service in await tx.scalars(text(query)) if service is not None]


async def _assert_accepted(database: Database, answer: Response) -> None:
    assert (answer.status_code, answer.json()["service"]) == (201, "ledger")
    assert await _unverified(database) == ["ledger"]
    (opened,) = (one for one in await outbox_events(database) if one.topic == "opsdesk.tickets")
    assert opened.body["service"] == "ledger"


@pytest.mark.parametrize(
    "consumer",
    [
        _StubConsumer(behind=True),
        _StubConsumer(trouble="client: KafkaConnectionError"),
        _StubConsumer(caught_up=False),
    ],
    ids=["behind", "in trouble", "does not catch up"],
)
@pytest.mark.parametrize("who", ["anna", "jan"])
async def test_a_service_that_may_be_announced_already_is_taken_as_named(
    app: FastAPI,
    database: Database,
    anna: AsyncClient,
    jan: AsyncClient,
    who: str,
    consumer: _StubConsumer,
) -> None:
    """A good ticket is not refused for what intake has not heard; the audit trail says so."""
    _install(app, consumer)
    caller, body = (anna, NAMED) if who == "anna" else (jan, {"title": "Down", "service": "ledger"})
    await _assert_accepted(database, await caller.post("/v1/tickets", json=body))


async def test_a_current_copy_refuses_and_a_known_service_needs_none(
    app: FastAPI, database: Database, anna: AsyncClient
) -> None:
    _install(app, _StubConsumer())
    assert (await anna.post("/v1/tickets", json=NAMED)).status_code == 422
    _install(app, _StubConsumer(trouble="client: KafkaConnectionError"))
    await open_ticket(anna, service="billing")
    assert await _unverified(database) == []


async def test_a_ticket_waits_for_an_announcement_that_is_on_its_way(
    app: FastAPI, database: Database, anna: AsyncClient
) -> None:
    async def announce() -> None:
        await announce_service(database, "ledger", id=LEDGER)

    _install(app, _StubConsumer(meanwhile=announce))
    assert (await anna.post("/v1/tickets", json=NAMED)).status_code == 201
    assert await _unverified(database) == []


@pytest.mark.parametrize(
    "trouble",
    [
        "DELETE FROM services",
        "UPDATE inbox SET dead_at = sequence + 1 WHERE source = 'opsdesk/sla'",
        """
        INSERT INTO parked (source, subject, sequence, topic, partition, "offset", headers)
        VALUES ('opsdesk/sla', 'service/1', 3, 'opsdesk.catalogue', 0, 7, '[]')
        """,
    ],
    ids=["empty", "dead letter", "parked"],
)
async def test_a_copy_with_gaps_proves_nothing(
    app: FastAPI, database: Database, owner_url: str, anna: AsyncClient, trouble: str
) -> None:
    """An empty one neither: sla has not announced anything since intake was upgraded."""
    owner = Database(owner_url, "intake")
    async with owner.transaction() as tx:
        assert (await tx.execute(text(trouble))).rowcount
    await owner.close()
    _install(app, _StubConsumer())
    await _assert_accepted(database, await anna.post("/v1/tickets", json=NAMED))


async def test_sent_again_it_gets_the_same_answer_when_the_copy_is_current(
    app: FastAPI, anna: AsyncClient
) -> None:
    """The Idempotency-Key holds although the service turns out not to exist."""
    key = {"Idempotency-Key": "once"}
    _install(app, _StubConsumer(behind=True))
    first = await anna.post("/v1/tickets", json=NAMED, headers=key)
    _install(app, _StubConsumer())
    again = await anna.post("/v1/tickets", json=NAMED, headers=key)
    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["Idempotency-Replayed"] == "true"
    other = await anna.post("/v1/tickets", json=NAMED, headers={"Idempotency-Key": "twice"})
    assert other.status_code == 422


@pytest.mark.parametrize("behind", [True, False])
async def test_a_refused_action_says_whether_everything_is_heard(
    app: FastAPI, anna: AsyncClient, behind: bool
) -> None:
    ticket = await open_ticket(anna)
    _install(app, _StubConsumer(behind=behind))
    answer = await act(anna, ticket, "reclassify", service="ledger", reason="It was that one")
    (error,) = answer.json()["errors"]
    assert (answer.status_code, error["code"]) == (422, "unknown_reference")
    assert ("not everything has arrived here yet" in error["detail"]) is behind


async def test_without_kafka_intake_is_degraded_and_accepts_tickets(
    database: Database, anna: AsyncClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also with a service that it has never heard of; what it has heard of before is verified."""
    issuer = LocalIssuer(tmp_path)
    for name, value in {
        "ENVIRONMENT": "test",
        "DATABASE_URL": database.url,
        "KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:9",
        "LOCAL_ISSUER_DIRECTORY": str(tmp_path),
    }.items():
        monkeypatch.setenv(f"OPSDESK_{name}", value)
    app = create_app(SERVICE)
    async with app.router.lifespan_context(app), client(app, None) as ops:
        ops.headers["Authorization"] = f"Bearer {issuer.issue('anna', roles=('ops',)).token}"
        for service in ("billing", "ledger"):
            answer = await ops.post("/v1/tickets", json=DOWN | {"service": service})
            assert answer.status_code == 201, answer.text
        async with management_client(app) as management:
            ready = await management.get("/health/ready")
        assert (ready.status_code, ready.json()["status"]) == (200, "degraded"), ready.text
        assert set(ready.json()["degraded"]) == {"consumer", "relay"}
    assert await _unverified(database) == ["ledger"]
