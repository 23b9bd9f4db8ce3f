"""Clocks, as sla announces them: the promises by which the queue is ordered."""

from collections.abc import Sequence

from common.events.clocks import ClockEvent
from common.events.envelope import ReceivedEvent
from common.persistence.database import Connection
from intake.queue.store import promises
from intake.queue.store.promises import ClockRow

Events = Sequence[ReceivedEvent[ClockEvent]]


async def on_clocks_measuring(tx: Connection, events: Events) -> None:
    """Store clocks that started, go on, or are paused."""
    await promises.save(tx, [_row(received) for received in events])


async def on_deadlines_changed(tx: Connection, events: Events) -> None:
    """Store other deadlines. That of a clock that ended changes as well: it does not come back by that."""
    await promises.change_due(tx, [_row(received) for received in events])


async def on_clocks_ended(tx: Connection, events: Events) -> None:
    """Remove clocks that measure nothing any more; one that goes on comes back with its next event."""
    ended = [(received.event.clock_id, received.event.ticket_id) for received in events]
    await promises.remove(tx, ended)


def _row(received: ReceivedEvent[ClockEvent]) -> ClockRow:
    event = received.event
    return ClockRow(
        clock_id=event.clock_id,
        ticket_id=event.ticket_id,
        metric=event.metric,
        contract=event.contract,
        partner=event.partner,
        due_at=event.deadline,
        sequence=received.sequence,
    )
