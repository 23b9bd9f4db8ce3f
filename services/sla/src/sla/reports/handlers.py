"""Stores the state changes of tickets, by which reports count open tickets."""

from collections.abc import Sequence
from datetime import UTC
from typing import TypeVar

from common.events.envelope import ReceivedEvent
from common.events.tickets import TicketEvent
from common.messaging.inbox import Handler
from common.persistence.database import Connection
from sla.reports.store import ticket_state_changes as state_changes
from sla.reports.store.ticket_state_changes import StateChangeKind

T = TypeVar("T", bound=TicketEvent)


def record_state_change(kind: StateChangeKind) -> Handler:
    """A handler that stores a state change of the tickets: ended, or open again."""

    async def handle(tx: Connection, events: Sequence[ReceivedEvent[T]]) -> None:
        await state_changes.insert(
            tx, [(r.event.ticket_id, r.sequence, kind, r.at.astimezone(UTC)) for r in events]
        )

    return handle
