"""Broken promises whose clock runs again, because tickets were separated or are open again (C10, E9)."""

from typing import Any

from common.events.clocks import ClockBreached, ClockCancelled, ClockResumed
from common.events.tickets import TicketMerged
from common.persistence.database import Database
from escalation.cases import store as cases
from escalation.cases.commands import apply_outcome
from escalation.cases.domain import lifecycle
from escalation.handlers import HANDLERS
from escalation_support.builders import (
    MINUTE,
    NIGHT,
    TICKET,
    clock_event,
    expect_outcome,
    threshold_reached,
    ticket_event,
)
from escalation_support.database_state import run_sql
from opsdesk_testing.protocol import deliver

BREACHED: dict[str, Any] = {"due_at": NIGHT, "fired_at": NIGHT, "reason": "time is up"}
MERGED = {"into_id": "00000000-0000-0000-0000-00000000071d", "into": "OPS-1043"}


async def statuses(database: Database) -> list[tuple[object, ...]]:
    return await run_sql(database, "SELECT trigger, status FROM escalations ORDER BY id")


async def notes(database: Database, kind: str) -> list[object]:
    query = f"SELECT detail->>'note' FROM timeline WHERE kind = '{kind}' ORDER BY at, sequence"
    return [note for (note,) in await run_sql(database, query)]


async def break_and_merge(database: Database) -> None:
    """A promise breaks, and then its ticket is merged: nobody is told of it any more."""
    merged = ticket_event(TicketMerged, state="merged", **MERGED)
    cancelled = clock_event(ClockCancelled, reason="merged into OPS-1043")
    await deliver(database, HANDLERS, (clock_event(ClockBreached, **BREACHED), 1))
    await deliver(database, HANDLERS, (merged, 1), (cancelled, 2))
    assert await statuses(database) == [("clock_breached", "resolved")]


async def test_a_promise_that_is_still_broken_pages_again_once_its_ticket_is_separated(
    database: Database,
) -> None:
    """C10: what ended the case was our own mistake; the new one names the old one"""
    await break_and_merge(database)
    await deliver(database, HANDLERS, (clock_event(ClockResumed, deadline=NIGHT), 3))
    assert await statuses(database) == [("clock_breached", "resolved"), ("clock_breached", "open")]
    ((key,), _) = await run_sql(database, "SELECT key FROM escalations ORDER BY id")
    assert (await notes(database, "opened"))[-1] == (
        f"OPS-1042: deadline for resolution was missed, and the clock runs again, as in {key}"
    )
    paged = await run_sql(database, "SELECT person FROM notifications ORDER BY person")
    assert paged == [("anna",), ("anna",), ("omar",), ("omar",)]


async def test_a_promise_that_can_still_be_met_pages_nobody(database: Database) -> None:
    await break_and_merge(database)
    await deliver(database, HANDLERS, (clock_event(ClockResumed, deadline=NIGHT + MINUTE), 3))
    assert await statuses(database) == [("clock_breached", "resolved")]


async def test_a_breach_that_nobody_was_told_of_stays_so(database: Database) -> None:
    """R2: the GM approved it; a warning alone is no breach either"""
    approved = clock_event(ClockBreached, **BREACHED, approved=True)
    resumed = clock_event(ClockResumed, deadline=NIGHT)
    await deliver(database, HANDLERS, (threshold_reached(), 1), (approved, 2), (resumed, 3))
    assert await statuses(database) == [("clock_threshold_reached", "resolved")]


async def test_a_case_that_is_still_open_is_not_told_twice(database: Database) -> None:
    """After a pause, say"""
    resumed = clock_event(ClockResumed, deadline=NIGHT)
    await deliver(database, HANDLERS, (clock_event(ClockBreached, **BREACHED), 1), (resumed, 2))
    assert await statuses(database) == [("clock_breached", "open")]
    assert await notes(database, "repeated") == []


async def test_what_a_person_dealt_with_is_noted_and_pages_nobody(database: Database) -> None:
    await deliver(database, HANDLERS, (clock_event(ClockBreached, **BREACHED), 1))
    async with database.transaction() as tx:
        (case,) = await cases.lock_of_tickets(tx, [TICKET], ["clock_breached"])
        resolved = lifecycle.resolve(case.state, "theo", "The customer agreed", NIGHT)
        await apply_outcome(tx, case, expect_outcome(resolved))
    await deliver(database, HANDLERS, (clock_event(ClockResumed, deadline=NIGHT), 2))
    assert await statuses(database) == [("clock_breached", "resolved")]
    (note,) = await notes(database, "repeated")
    assert str(note).startswith("OPS-1042: deadline for resolution was missed, and the clock runs")
    assert "theo had resolved this case, so nobody is paged again" in str(note)
