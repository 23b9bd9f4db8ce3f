"""The GM hears of what only the GM can approve, and again while nobody has decided (R2, R3)."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from common.events.clocks import WaiverApproved, WaiverRequested
from common.events.envelope import Event
from common.events.waivers import (
    PeriodWaiverApproved,
    PeriodWaiverRefused,
    PeriodWaiverRequested,
    WaiverDecisionReminder,
    WaiverExpired,
    WaiverWithdrawn,
)
from common.persistence.database import Database
from escalation.handlers import HANDLERS
from escalation_support.builders import ACME, CLOCK, NIGHT, TICKET
from opsdesk_testing.protocol import deliver, outbox_events

ABOUT: dict[str, Any] = {
    "at": NIGHT,
    "waiver_id": CLOCK,
    "waiver": "WVR-1",
    "customer_id": ACME,
    "customer": "acme",
    "deadline": NIGHT + timedelta(hours=4),
    "expires_at": NIGHT + timedelta(hours=5),
    "requested_by": "anna",
}
OF_CLOCK = ABOUT | {
    "clock_id": CLOCK,
    "ticket_id": TICKET,
    "ticket": "OPS-1042",
    "metric": "resolution",
}
OF_PERIOD = ABOUT | {"starts_at": NIGHT, "ends_at": NIGHT + timedelta(days=2)}


async def rows(database: Database, sql: str) -> Sequence[tuple[object, ...]]:
    async with database.transaction() as tx:
        return [tuple(row) for row in await tx.execute(text(sql))]


async def states(database: Database) -> Sequence[tuple[object, ...]]:
    return await rows(database, "SELECT title, status FROM escalations ORDER BY id")


async def told_gina(database: Database) -> Sequence[tuple[object, ...]]:
    """State of each of her notices, in the order of telling."""
    return await rows(
        database, "SELECT purpose, state FROM notifications WHERE person = 'gina' ORDER BY key"
    )


async def test_the_gm_hears_of_a_waiver_until_it_is_decided(database: Database) -> None:
    """R2."""
    await deliver(database, HANDLERS, (WaiverRequested(**OF_CLOCK), 1))
    title = "OPS-1042: waiver WVR-1 for resolution awaits approval"
    assert await states(database) == [(title, "open")]
    assert await told_gina(database) == [("duty", "ready")]
    approved = WaiverApproved(**OF_CLOCK, approved_by="gina", late=False)
    await deliver(database, HANDLERS, (approved, 2))
    assert await states(database) == [(title, "resolved")]


@pytest.mark.parametrize(
    ("about", "seconds", "left"),
    [
        (OF_CLOCK, 7200, "2 hr"),
        (OF_PERIOD, 899, "14 min 59 sec"),
        (OF_PERIOD, 95_400, "26 hr 30 min"),
    ],
)
async def test_reminded_she_is_told_again_with_the_time_that_is_left(
    database: Database, about: dict[str, Any], seconds: int, left: str
) -> None:
    """R3: also where somebody has taken the case"""
    asked = WaiverRequested if "ticket" in about else PeriodWaiverRequested
    await deliver(database, HANDLERS, (asked(**about), 1))
    await rows_changed(database, "UPDATE escalations SET status = 'acknowledged', due_at = NULL")
    reminded = WaiverDecisionReminder(**about, seconds_left=seconds)
    await deliver(database, HANDLERS, (reminded, 2), (reminded, 2))
    assert await told_gina(database) == [("duty", "ready")] * 2
    notes = [e.body.get("note") for e in await outbox_events(database) if e.topic.endswith(".gm")]
    assert f"WVR-1 is undecided, {left} left" in notes
    assert len(await states(database)) == 1


async def test_a_reminder_opens_anew_what_somebody_has_resolved_by_hand(database: Database) -> None:
    """R2: nobody may make the question disappear but who decides on it"""
    await deliver(database, HANDLERS, (WaiverRequested(**OF_CLOCK), 1))
    gone = "UPDATE escalations SET status = 'resolved', due_at = NULL, resolved_at = opened_at"
    await rows_changed(database, gone)
    await deliver(database, HANDLERS, (WaiverDecisionReminder(**OF_CLOCK, seconds_left=60), 2))
    assert [status for _, status in await states(database)] == ["resolved", "open"]
    assert len(await told_gina(database)) == 2


@pytest.mark.parametrize(
    ("ended", "why"),
    [
        (PeriodWaiverApproved(**OF_PERIOD, approved_by="gina", late=True), "too late to count"),
        (PeriodWaiverRefused(**OF_PERIOD, refused_by="gina"), "refused"),
        (WaiverWithdrawn(**OF_PERIOD, withdrawn_by="anna"), "withdrawn by anna"),
        (WaiverExpired(**OF_PERIOD, decided=False), "expired"),
    ],
)
async def test_whatever_ends_a_request_ends_its_case(
    database: Database, ended: Event, why: str
) -> None:
    await deliver(database, HANDLERS, (PeriodWaiverRequested(**OF_PERIOD, service="billing"), 1))
    assert await states(database) == [("acme: waiver WVR-1 for billing awaits approval", "open")]
    await deliver(database, HANDLERS, (ended, 2))
    assert [status for _, status in await states(database)] == ["resolved"]
    ((detail,),) = await rows(database, "SELECT detail FROM timeline WHERE kind = 'resolved'")
    assert why in str(detail)


async def rows_changed(database: Database, sql: str) -> None:
    async with database.transaction() as tx:
        await tx.execute(text(sql))
