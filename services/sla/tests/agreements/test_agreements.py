"""Agreements: proposed by one person, published by another, refused by name."""

from typing import Any

import pytest
from httpx import AsyncClient
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from common.persistence.database import Database
from opsdesk_testing.protocol import deliver, outbox_events
from sla.handlers import HANDLERS
from sla_support.assertions import resolution_clock, violation_pointers
from sla_support.company import (
    ACME,
    HOUR,
    NINE,
    announce_customers,
    promise,
    ticket_opened,
)
from sla_support.publication import draft_body


async def test_an_agreement_takes_two_people_and_then_promises(
    database: Database, theo: AsyncClient, gina: AsyncClient
) -> None:
    """R4, and four eyes by rule"""
    await announce_customers(database, (ACME, "acme"))
    made = await theo.post("/v1/agreements", json=draft_body())
    assert made.status_code == 201, made.text
    assert (made.json()["state"], made.json()["version"]) == ("draft", 1)
    await deliver(database, HANDLERS, (ticket_opened(1), 1))
    address = made.headers["Location"]
    assert (await theo.post(address + "/approve")).status_code == 409
    assert (await theo.post(address + "/propose")).json()["state"] == "proposed"
    assert (await theo.post(address + "/approve")).json()["approved"]["by"] == "theo"
    twice = await theo.post(address + "/approve")
    assert (twice.status_code, twice.json()["code"]) == (403, "ALREADY_COUNTED")
    assert (await gina.post(address + "/approve")).json()["state"] == "agreed"
    alone = await theo.post(address + "/publish")
    assert (alone.status_code, alone.json()["code"]) == (403, "SELF_APPROVAL")
    stale = {"If-Match": '"9"'}
    unseen = await gina.post(address + "/publish", headers=stale)
    assert (unseen.status_code, unseen.json()["present"]["state"]) == (412, "agreed")
    published = await gina.post(address + "/publish")
    assert published.json()["published_by"] == "gina"
    assert (await gina.post(address + "/publish")).status_code == 409
    await deliver(database, HANDLERS, (ticket_opened(2), 1))
    assert (await resolution_clock(database, 2)).clock.deadline == NINE + 8 * HOUR
    kinds = [one.type for one in await outbox_events(database)]
    assert kinds[:5] == [
        "opsdesk.agreement.drafted.v1",
        "opsdesk.agreement.proposed.v1",
        "opsdesk.agreement.approved.v1",
        "opsdesk.agreement.agreed.v1",
        "opsdesk.agreement.published.v1",
    ]
    async with database.transaction() as tx:
        actions = list(await tx.scalars(text("SELECT action FROM audit ORDER BY position")))
    assert actions == [
        "agreement.draft",
        "agreement.propose",
        "agreement.approve",
        "agreement.approve.denied",
        "agreement.approve",
        "agreement.publish.denied",
        "agreement.publish",
    ]


@pytest.mark.parametrize(
    ("changed", "pointer"),
    [
        ({"customer": "nobody"}, "/customer"),
        ({"calendar": "nowhere"}, "/calendar"),
        ({"calendars": {"blocker": "nowhere"}}, "/calendars/blocker"),
        ({"valid_until": "2025-01-01T00:00:00Z"}, "/valid_until"),
        ({"targets": []}, "/targets"),
        (
            {"targets": [{"metric": "x", "priority": "major", "target_seconds": 1}]},
            "/targets/0/metric",
        ),
    ],
)
async def test_an_agreement_that_cannot_be_is_refused(
    database: Database, theo: AsyncClient, changed: dict[str, Any], pointer: str
) -> None:
    await announce_customers(database, (ACME, "acme"))
    assert violation_pointers(await theo.post("/v1/agreements", json=draft_body(**changed))) == [
        pointer
    ]
    async with database.transaction() as tx:
        assert await tx.scalar(text("SELECT count(*) FROM agreements")) == 0


async def test_the_database_refuses_one_person_too(database: Database) -> None:
    """R1, R2: no role is exempt"""
    await promise(database)
    with pytest.raises(IntegrityError):
        async with database.transaction() as tx:
            await tx.execute(text("UPDATE agreement_versions SET published_by = drafted_by"))
