"""The GM is informed of requests for waivers, and reminded until there is a decision (R2, R3)."""

from datetime import timedelta
from typing import Any

import pytest

from common.events.envelope import Event
from common.events.waivers import (
    PeriodWaiverApproved,
    PeriodWaiverRefused,
    PeriodWaiverRequested,
    WaiverApproved,
    WaiverDecisionReminder,
    WaiverExpired,
    WaiverRequested,
    WaiverWithdrawn,
)
from common.persistence.database import Database
from escalation.handlers import HANDLERS
from escalation_support.builders import ACME, CLOCK, NIGHT, TICKET
from escalation_support.database_state import run_sql
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


async def states(database: Database) -> list[tuple[object, ...]]:
    return await run_sql(database, "SELECT title, status FROM escalations ORDER BY id")


async def notices_to_gina(database: Database) -> list[tuple[object, ...]]:
    """Purpose and state of each of her notices, in order."""
    return await run_sql(
        database, "SELECT purpose, state FROM notifications WHERE person = 'gina' ORDER BY key"
    )


async def test_the_gm_hears_of_a_waiver_until_it_is_decided(database: Database) -> None:
    """R2."""
    await deliver(database, HANDLERS, (WaiverRequested(**OF_CLOCK), 1))
    title = "Waiver WVR-1 for the resolution of OPS-1042 (acme) awaits approval"
    assert await states(database) == [(title, "open")]
    assert await notices_to_gina(database) == [("duty", "ready")]
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
    """R3: also where somebody has acknowledged the case."""
    requested = WaiverRequested if "ticket" in about else PeriodWaiverRequested
    await deliver(database, HANDLERS, (requested(**about), 1))
    await run_sql(database, "UPDATE escalations SET status = 'acknowledged', due_at = NULL")
    reminded = WaiverDecisionReminder(**about, remaining_seconds=seconds)
    await deliver(database, HANDLERS, (reminded, 2), (reminded, 2))
    assert await notices_to_gina(database) == [("duty", "ready")] * 2
    notes = [e.body.get("note") for e in await outbox_events(database) if e.topic.endswith(".gm")]
    assert f"WVR-1 is undecided, {left} left" in notes
    assert len(await states(database)) == 1


async def test_a_reminder_opens_anew_what_somebody_has_resolved_by_hand(database: Database) -> None:
    """R2: only a decision ends the question."""
    await deliver(database, HANDLERS, (WaiverRequested(**OF_CLOCK), 1))
    gone = "UPDATE escalations SET status = 'resolved', due_at = NULL, resolved_at = opened_at"
    await run_sql(database, gone)
    await deliver(database, HANDLERS, (WaiverDecisionReminder(**OF_CLOCK, remaining_seconds=60), 2))
    assert [status for _, status in await states(database)] == ["resolved", "open"]
    assert len(await notices_to_gina(database)) == 2


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
    assert await states(database) == [("Waiver WVR-1 for billing of acme awaits approval", "open")]
    await deliver(database, HANDLERS, (ended, 2))
    assert [status for _, status in await states(database)] == ["resolved"]
    ((detail,),) = await run_sql(database, "SELECT detail FROM timeline WHERE kind = 'resolved'")
    assert why in str(detail)
