"""Extra cover that ends early: open clocks follow, and what was covered stays so (C6, C9, R1)."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from httpx import AsyncClient, Response
from sqlalchemy import text

from common.persistence.database import Database
from opsdesk_testing.protocol import deliver, fire_due, freeze_time, outbox_events
from sla.agreements.domain.coverage_extension import (
    EarlyEnd,
    Extension,
    end_early,
    with_extension_replaced,
    with_extensions,
)
from sla.handlers import HANDLERS
from sla.timers import TIMERS
from sla_support.assertions import assert_consistent, resolution_clock, violation_pointers
from sla_support.company import HOUR, NINE, promise, ticket_opened

ACME = "/v1/agreements/acme-standard"
DAY = timedelta(days=1)
FRIDAY, SATURDAY, MONDAY = NINE + 4 * DAY, NINE + 5 * DAY, NINE + 7 * DAY
"""Nine in the morning; on Saturdays the office is closed."""
WHY = {"reason": "The go-live is over"}


async def extend(who: AsyncClient, hours: float = 6, start: Any = SATURDAY, **more: Any) -> str:
    """The address of extra cover."""
    window = {"starts_at": start.isoformat(), "ends_at": (start + hours * HOUR).isoformat()}
    body = {**window, "reason": "The go-live of billing", **more}
    response = await who.post(ACME + "/extensions", json=body)
    assert response.status_code == 201, response.text
    return f"{ACME}/extensions/{response.json()['id']}"


async def end(who: AsyncClient, address: str, **more: Any) -> Response:
    return await who.post(address + "/end", json=WHY | more)


async def run_bulk_updates(database: Database) -> None:
    await fire_due(database, TIMERS)
    async with database.transaction() as tx:
        now = await tx.scalar(text("SELECT sla.now()"))
    await freeze_time(database, now + timedelta(minutes=2))
    await fire_due(database, TIMERS)


async def deadline(database: Database, number: int = 1) -> Any:
    return (await resolution_clock(database, number)).clock.deadline


async def test_cover_withdrawn_before_it_begins_never_counts(
    database: Database, theo: AsyncClient, gina: AsyncClient
) -> None:
    await promise(database, metrics=("resolution",))
    await deliver(database, HANDLERS, (ticket_opened(1, FRIDAY, priority="minor"), 1))
    plain = await deadline(database)
    address = await extend(theo)
    await run_bulk_updates(database)
    assert await deadline(database) == MONDAY + HOUR
    ended = (await end(gina, address)).json()
    assert (ended["ended_from"], ended["ended_by"]) == (ended["starts_at"], "gina")
    await run_bulk_updates(database)
    assert await deadline(database) == plain
    (listed,) = (await theo.get(ACME + "/extensions")).json()["items"]
    assert listed["end_reason"] == WHY["reason"]
    changes = (await theo.get(ACME + "/changes")).json()["items"]
    assert [(one["kind"], one["confirmed_by"], one["changed"]) for one in changes] == [
        ("shorten", "theo", 1),
        ("extend", None, 1),
    ]
    (event_body,) = [
        one.body for one in await outbox_events(database) if "coverage_extension_ended" in one.type
    ]
    assert (
        event_body["starts_at"]
        == event_body["ends_at"]
        == SATURDAY.isoformat().replace("+00:00", "Z")
    )
    await deliver(database, HANDLERS, (ticket_opened(2, FRIDAY, priority="minor"), 1))
    assert await deadline(database, 2) == plain
    await assert_consistent(database)


async def test_what_was_covered_stays_so_and_replay_is_identical(
    database: Database, theo: AsyncClient, gina: AsyncClient
) -> None:
    """C9: two of six hours of the Saturday have counted when the cover ends"""
    await promise(database, metrics=("resolution",))
    await deliver(database, HANDLERS, (ticket_opened(1, FRIDAY, priority="minor"), 1))
    address = await extend(theo)
    await run_bulk_updates(database)
    await freeze_time(database, SATURDAY + 2 * HOUR)
    assert (await end(gina, address)).status_code == 200
    await run_bulk_updates(database)
    assert await deadline(database) == MONDAY + 5 * HOUR
    clock = (await resolution_clock(database)).id
    replay = (await theo.post(f"/v1/clocks/{clock}/replay", json={})).json()
    assert replay["identical"] is True
    before = {"as_known_at": (SATURDAY + HOUR).isoformat()}
    earlier = (await theo.post(f"/v1/clocks/{clock}/replay", json=before)).json()
    assert earlier["deadline"] == (MONDAY + HOUR).isoformat().replace("+00:00", "Z")
    explained = (await theo.get(f"/v1/clocks/{clock}/explanation")).json()
    assert explained["elapsed_seconds"] == 10 * 3600
    await freeze_time(database, MONDAY + 5 * HOUR)
    await fire_due(database, TIMERS)
    assert (await resolution_clock(database)).clock.outcome == "breached"
    await assert_consistent(database)


async def test_cover_that_lies_within_the_ended_one_still_counts(
    database: Database, theo: AsyncClient, gina: AsyncClient
) -> None:
    await promise(database, metrics=("resolution",))
    wide, _ = await extend(theo), await extend(theo, hours=2)
    assert (await end(gina, wide)).status_code == 200
    await deliver(database, HANDLERS, (ticket_opened(1, FRIDAY, priority="minor"), 1))
    assert await deadline(database) == MONDAY + 5 * HOUR


async def test_cover_of_one_priority_ends_for_that_one_alone(
    database: Database, theo: AsyncClient, gina: AsyncClient
) -> None:
    await promise(database, metrics=("resolution",))
    await extend(theo, hours=2)
    only = await extend(theo, priorities=["minor"], start=SATURDAY + 2 * HOUR)
    await deliver(database, HANDLERS, (ticket_opened(1, FRIDAY, priority="minor"), 1))
    assert await deadline(database) == SATURDAY + 8 * HOUR
    until = SATURDAY + 4 * HOUR
    assert (await end(gina, only, ends_at=until.isoformat())).status_code == 200
    await run_bulk_updates(database)
    assert await deadline(database) == MONDAY + 3 * HOUR
    await assert_consistent(database)


async def test_who_extended_it_does_not_end_it(database: Database, theo: AsyncClient) -> None:
    """R1: deadlines come later then, which could hide a breach"""
    await promise(database)
    alone = await end(theo, await extend(theo))
    assert (alone.status_code, alone.json()["code"]) == (403, "SELF_APPROVAL")
    async with database.transaction() as tx:
        trail = await tx.scalar(text("SELECT count(*) FROM audit WHERE action LIKE '%end_cover%'"))
        assert trail == 1
        assert (
            await tx.scalar(text("SELECT count(*) FROM coverage_extensions WHERE ended_by <> ''"))
            == 0
        )


async def test_cover_ends_early_once_and_never_after_its_end(
    database: Database, theo: AsyncClient, gina: AsyncClient
) -> None:
    await promise(database)
    address = await extend(theo)
    assert (await end(gina, address)).status_code == 200
    assert (await end(gina, address)).status_code == 409
    other = await extend(theo)
    await freeze_time(database, SATURDAY + 6 * HOUR - timedelta(milliseconds=1))
    assert "is over" in (await end(gina, other)).json()["detail"]


@pytest.mark.parametrize(
    ("asked", "pointer"),
    [
        ({"ends_at": (NINE - HOUR).isoformat()}, "/ends_at"),
        ({"ends_at": (SATURDAY + 6 * HOUR).isoformat()}, "/ends_at"),
        ({"ends_at": (SATURDAY + timedelta(microseconds=1)).isoformat()}, "/ends_at"),
        ({"ends_at": "2026-06-06T10:00:00"}, "/ends_at"),
        ({"reason": ""}, "/reason"),
        ({"reason": "a\0b"}, "/reason"),
    ],
)
async def test_an_end_that_cannot_be_is_refused(
    database: Database, theo: AsyncClient, gina: AsyncClient, asked: dict[str, Any], pointer: str
) -> None:
    await promise(database)
    assert pointer in violation_pointers(await end(gina, await extend(theo), **asked))


async def test_an_extension_of_another_agreement_does_not_exist_here(
    database: Database, theo: AsyncClient
) -> None:
    await promise(database)
    assert (await end(theo, f"{ACME}/extensions/{UUID(int=7)}")).status_code == 404
    assert (await end(theo, f"{ACME}/extensions/none")).status_code in (404, 422)


EXTENSION = Extension(UUID(int=1), SATURDAY, SATURDAY + HOUR, (), "Go-live", "theo", NINE)


def test_a_calendar_loses_these_hours_and_no_others() -> None:
    """Two extensions over the same time are two: one of them may go"""
    twice = with_extensions({"weekly": {}}, [EXTENSION, EXTENSION])
    word = EarlyEnd(SATURDAY, "x", "gina", NINE)
    withdrawn = end_early(EXTENSION, word)
    half = end_early(EXTENSION, replace(word, ends_at=SATURDAY + HOUR / 2))
    assert isinstance(withdrawn, Extension)
    assert isinstance(half, Extension)
    once = with_extension_replaced(twice, EXTENSION, withdrawn)
    assert once == with_extensions({"weekly": {}}, [EXTENSION])
    assert with_extension_replaced(once, EXTENSION, half) == with_extensions({"weekly": {}}, [half])
    assert with_extension_replaced({"weekly": {}}, EXTENSION, half) is None
