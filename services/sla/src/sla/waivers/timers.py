"""Time in: reminders of undecided waivers, and the end of waivers (R2, R3)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from common.events.envelope import Event
from common.messaging.outbox import OutboxEvent, publish
from common.persistence.database import Connection
from common.scheduling.deadlines import Due, Timer
from sla.clocks.store import clocks
from sla.waivers import events as waiver_events
from sla.waivers.deadlines import schedule_next
from sla.waivers.domain.reminders import is_due
from sla.waivers.domain.waiver import Waiver, expire
from sla.waivers.store import decide_by as waiver_scopes
from sla.waivers.store import waivers


async def on_waivers_due(tx: Connection, due: Sequence[Due], at: datetime) -> None:
    """Send reminders, expire the waivers whose time is over, and schedule what comes next.

    The waivers' rows are locked. The clock is read without a lock: a reminder decides nothing.
    """
    for waiver, sequence in await waivers.load(tx, [one.subject for one in due]):
        deadline = await waiver_scopes.get_deadline(tx, waiver.id, at)
        updated = _advance(waiver, deadline, at)
        if updated != waiver:
            await waivers.save(tx, updated, sequence + 1)
            event = await _event(tx, updated, deadline, at)
            await publish(tx, OutboxEvent(event, sequence + 1))
        await schedule_next(tx, updated, deadline)


def _advance(waiver: Waiver, deadline: datetime | None, at: datetime) -> Waiver:
    ended = expire(waiver, at)
    if ended == waiver and is_due(waiver, deadline, at):
        return replace(waiver, reminded_at=at)
    return ended


async def _event(tx: Connection, waiver: Waiver, deadline: datetime | None, at: datetime) -> Event:
    ids = [] if waiver.clock_id is None else [waiver.clock_id]
    ticket_clock = next(iter(await clocks.load(tx, ids)), None)
    payload = waiver_events.waiver_payload(waiver, ticket_clock, deadline, at)
    if waiver.state == "expired":
        return waiver_events.expired_event(payload, waiver)
    assert deadline is not None
    return waiver_events.reminder_event(payload, deadline)


WAIVER = Timer(waivers.lock_available, on_waivers_due)
