"""What is decided about an agreement in force, and the open clocks that follow it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from httpx import AsyncClient
from sqlalchemy import text

from common.events.tickets import TicketForwarded, TicketPrioritised
from common.persistence.database import Database
from opsdesk_testing.protocol import deliver, fire_due, freeze_time, outbox_events
from sla.handlers import HANDLERS
from sla.timers import TIMERS
from sla_support.assertions import (
    assert_consistent,
    clocks_of,
    event_types,
    resolution_clock,
    violation_pointers,
)
from sla_support.company import (
    AMSTERDAM,
    HOUR,
    NINE,
    promise,
    ticket_event,
    ticket_opened,
    underpin,
)
from sla_support.publication import publish_agreement

ACME = "/v1/agreements/acme-standard"
SATURDAY = NINE + timedelta(days=5)
"""Nine in the morning, when the office is closed."""


def extension_body(start: Any = SATURDAY, hours: float = 6, **more: Any) -> dict[str, Any]:
    end = start + hours * HOUR
    window = {"starts_at": start.isoformat(), "ends_at": end.isoformat()}
    return {**window, "reason": "The go-live of billing"} | more


async def run_bulk_updates(database: Database) -> None:
    """Everything that was decided is carried out, the second look included."""
    await fire_due(database, TIMERS)
    await freeze_time(database, await _now(database) + timedelta(minutes=2))
    await fire_due(database, TIMERS)


async def _now(database: Database) -> Any:
    async with database.transaction() as tx:
        return await tx.scalar(text("SELECT sla.now()"))


async def test_open_clocks_follow_extra_cover(database: Database, theo: AsyncClient) -> None:
    """A minor ticket of Friday morning has 16 hours: six of them are on Saturday now."""
    await promise(database, metrics=("resolution",))
    friday = NINE + timedelta(days=4)
    await deliver(
        database,
        HANDLERS,
        (ticket_opened(1, friday), 1),
        (ticket_opened(2, friday, priority="minor"), 1),
    )
    before = (await resolution_clock(database, 2)).clock.deadline
    assert before == NINE + timedelta(days=7, hours=7)
    made = await theo.post(ACME + "/extensions", json=extension_body())
    assert made.status_code == 201, made.text
    await run_bulk_updates(database)
    follows = await resolution_clock(database, 2)
    assert follows.clock.deadline == NINE + timedelta(days=7, hours=1)
    assert event_types(await outbox_events(database), "resolution") == [
        "started",
        "started",
        "deadline_changed",
    ]
    assert (await resolution_clock(database, 1)).clock.deadline == friday + 8 * HOUR
    await deliver(database, HANDLERS, (ticket_opened(3, SATURDAY), 1))
    assert (await resolution_clock(database, 3)).clock.deadline == NINE + timedelta(days=7, hours=1)
    listed = (await theo.get(ACME + "/extensions")).json()["items"]
    assert [one["reason"] for one in listed] == ["The go-live of billing"]
    (change,) = (await theo.get(ACME + "/changes")).json()["items"]
    assert (change["kind"], change["changed"], bool(change["done_at"])) == ("extend", 2, True)
    await assert_consistent(database)


async def test_extra_cover_may_be_for_single_priorities(
    database: Database, theo: AsyncClient
) -> None:
    await promise(database, metrics=("resolution",))
    only = extension_body(priorities=["minor"])
    assert (await theo.post(ACME + "/extensions", json=only)).status_code == 201
    for number, priority in ((1, "minor"), (2, "major")):
        await deliver(database, HANDLERS, (ticket_opened(number, SATURDAY, priority=priority), 1))
    assert (await resolution_clock(database, 1)).clock.deadline == NINE + timedelta(days=8)
    assert (await resolution_clock(database, 2)).clock.deadline == NINE + timedelta(days=7, hours=7)
    raised = ticket_event(TicketPrioritised, 2, SATURDAY + HOUR, priority="minor", previous="major")
    await deliver(database, HANDLERS, (raised, 2))
    assert (await resolution_clock(database, 2)).clock.deadline == NINE + timedelta(days=8, hours=1)
    await assert_consistent(database)


@pytest.mark.parametrize(
    ("asked", "pointer"),
    [
        (extension_body(NINE - HOUR), "/starts_at"),
        (extension_body(hours=-1), "/ends_at"),
        (extension_body(hours=24 * 93), "/ends_at"),
        (extension_body(SATURDAY + timedelta(microseconds=1)), "/starts_at"),
        (extension_body(datetime(2199, 12, 30, tzinfo=UTC), hours=24), "/ends_at"),
        (extension_body(priorities=["urgent"]), "/priorities/0"),
        (extension_body(reason=""), "/reason"),
    ],
)
async def test_extra_cover_that_cannot_be_is_refused(
    database: Database, theo: AsyncClient, asked: dict[str, Any], pointer: str
) -> None:
    await promise(database)
    assert pointer in violation_pointers(await theo.post(ACME + "/extensions", json=asked))
    async with database.transaction() as tx:
        assert await tx.scalar(text("SELECT count(*) FROM coverage_extensions")) == 0


def next_version_body(seconds: int, **more: Any) -> dict[str, Any]:
    target = {"metric": "resolution", "priority": "major", "target_seconds": seconds}
    return {
        "key": "acme-standard",
        "customer": "acme",
        "calendar": AMSTERDAM,
        "targets": [target],
        "valid_from": NINE.isoformat(),
    } | more


async def test_open_clocks_keep_their_version_until_somebody_moves_them(
    database: Database, theo: AsyncClient, gina: AsyncClient
) -> None:
    """A5; C6: the new target applies to all the time already counted, and the breach says why"""
    await promise(database, metrics=("resolution",))
    await deliver(database, HANDLERS, (ticket_opened(1), 1), (ticket_opened(2), 1))
    await freeze_time(database, NINE + 2 * HOUR)
    address = await publish_agreement(theo, gina, next_version_body(3600))
    await run_bulk_updates(database)
    assert (await resolution_clock(database)).clock.deadline == NINE + 8 * HOUR
    alone = await gina.post(address + "/move-open-clocks", json={"reason": "As agreed"})
    assert (alone.status_code, alone.json()["code"]) == (403, "SELF_APPROVAL")
    moved = await theo.post(address + "/move-open-clocks", json={"reason": "As agreed"})
    assert moved.status_code == 202, moved.text
    at = await _now(database)
    await run_bulk_updates(database)
    for number in (1, 2):
        tracked = await resolution_clock(database, number)
        assert tracked.clock.deadline == NINE + HOUR
        assert (tracked.clock.breached_at, tracked.clock.breach_reason) == (at, "agreement_moved")
        assert str(tracked.ticket.agreement_version) in address
    (change,) = (await theo.get("/v1/agreements/acme-standard/changes")).json()["items"]
    assert (change["changed"], change["confirmed_by"]) == (2, "gina")
    await assert_consistent(database)


async def test_extra_cover_to_come_is_taken_over_by_the_next_version(
    database: Database, theo: AsyncClient, gina: AsyncClient
) -> None:
    await promise(database, metrics=("resolution",))
    assert (await theo.post(ACME + "/extensions", json=extension_body())).status_code == 201
    await publish_agreement(theo, gina, next_version_body(8 * 3600))
    await deliver(database, HANDLERS, (ticket_opened(1, SATURDAY), 1))
    assert (await resolution_clock(database)).clock.deadline == NINE + timedelta(days=7, hours=1)


async def test_a_deactivated_agreement_cancels_its_open_clocks(
    database: Database, theo: AsyncClient, gina: AsyncClient
) -> None:
    """C10, said aloud; R1: it could hide a breach, so it takes two people"""
    await promise(database, metrics=("resolution",))
    await deliver(database, HANDLERS, *((ticket_opened(number), 1) for number in range(1, 251)))
    left = await theo.post("/v1/agreements", json=next_version_body(3600))
    assert (await gina.post(ACME + "/termination/confirm")).status_code == 409
    asked = await theo.post(ACME + "/termination", json={"reason": "They have left us"})
    assert asked.json()["termination"]["requested"]["by"] == "theo"
    alone = await theo.post(ACME + "/termination/confirm")
    assert (alone.status_code, alone.json()["code"]) == (403, "SELF_APPROVAL")
    done = await gina.post(ACME + "/termination/confirm")
    assert done.json()["termination"]["confirmed"]["by"] == "gina"
    assert (await theo.get(ACME + "?version=1")).json()["state"] == "terminated"
    await run_bulk_updates(database)
    ended = (await resolution_clock(database, 250)).clock
    assert (ended.state, ended.cancelled) == ("cancelled", "the agreement was deactivated")
    await deliver(database, HANDLERS, (ticket_opened(300, NINE + HOUR), 1))
    async with database.transaction() as tx:
        open_ones = text("SELECT count(*) FROM clocks WHERE state <> 'cancelled'")
        assert await tx.scalar(open_ones) == 0
    types = [one.type for one in await outbox_events(database)]
    assert types.count("opsdesk.agreement.terminated.v1") == 1
    assert types.count("opsdesk.clock.cancelled.v1") == 250
    again = await theo.post("/v1/agreements", json=next_version_body(3600))
    assert again.status_code == 409
    assert (await theo.post(left.headers["Location"] + "/propose")).status_code == 409
    assert (await theo.post(ACME + "/extensions", json=extension_body())).status_code == 422
    assert (await theo.delete(ACME + "/termination")).status_code == 409
    await assert_consistent(database)


async def test_a_ticket_stored_while_the_end_is_decided_is_found_by_the_second_look(
    database: Database, theo: AsyncClient, gina: AsyncClient
) -> None:
    await promise(database, metrics=("resolution",))
    await theo.post(ACME + "/termination", json={"reason": "They have left us"})
    await gina.post(ACME + "/termination/confirm")
    await fire_due(database, TIMERS)
    await deliver(database, HANDLERS, (ticket_opened(1, NINE - HOUR), 1))
    assert (await resolution_clock(database)).clock.state == "running"
    await freeze_time(database, NINE + timedelta(minutes=2))
    await fire_due(database, TIMERS)
    assert (await resolution_clock(database)).clock.state == "cancelled"
    await assert_consistent(database)


@pytest.mark.parametrize(("ended", "cancelled"), [("acme-standard", 0), ("hosthaven-standard", 1)])
async def test_the_end_of_one_contract_leaves_the_clocks_of_the_other(
    database: Database, theo: AsyncClient, gina: AsyncClient, ended: str, cancelled: int
) -> None:
    """R13: what the partner promised us is measured beside what we promised"""
    await underpin(database, await promise(database, metrics=("resolution",)), "hosthaven")
    handed = ticket_event(
        TicketForwarded, 1, NINE, state="forwarded", to="partner", partner="hosthaven"
    )
    await deliver(database, HANDLERS, (ticket_opened(1), 1), (handed, 2))
    address = f"/v1/agreements/{ended}/termination"
    await theo.post(address, json={"reason": "They have left us"})
    assert (await gina.post(address + "/confirm")).status_code == 200
    await run_bulk_updates(database)
    states = [(await clocks_of(database, 1, n))["resolution"].clock.state for n in (0, 1)]
    assert states == [("cancelled", "running")[cancelled], ("running", "cancelled")[cancelled]]
    found = (await theo.post(f"/v1/agreements/{ended}/simulate", json={})).json()
    assert (found["tickets"], found["deadline_changes_total"]) == (1, 0)
    await assert_consistent(database)
