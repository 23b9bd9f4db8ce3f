"""Time in: firings of clocks, and batches of bulk updates."""

from collections.abc import Sequence
from datetime import datetime

from common.events.tickets import TicketOpened
from common.persistence.database import Connection
from common.scheduling.deadlines import Due, Timer
from sla.agreements.store import bulk_update_orders as bulk_updates
from sla.clocks.bulk_updates import on_bulk_updates_due
from sla.clocks.commands import apply_changes, load_timetables, reschedule
from sla.clocks.domain.ticket_clock import fire_due
from sla.clocks.store import clocks


async def on_clocks_due(tx: Connection, due: Sequence[Due], at: datetime) -> None:
    """Fire what is due of these clocks, whose rows are locked, and schedule their next firings."""
    ticket_clocks = await clocks.load(tx, [one.subject for one in due])
    tables = await load_timetables(tx, ticket_clocks)
    changes = [fire_due(one, at, tables) for one in ticket_clocks]
    await apply_changes(
        tx,
        [c for c in changes if c.steps],
        at,
        fired_without_events=any(one.fired_without_events for one in due),
    )
    await reschedule(tx, [change.before for change in changes if not change.steps])


CLOCK_FIRING = Timer(
    clocks.lock_available,
    on_clocks_due,
    waits_for_consumer=True,
    record_keys=clocks.record_keys,
    topics=frozenset({TicketOpened.topic}),
)
BULK_UPDATE = Timer(bulk_updates.lock_available, on_bulk_updates_due)
