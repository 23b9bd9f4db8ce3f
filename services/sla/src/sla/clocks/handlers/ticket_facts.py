"""Kafka in: who has a ticket and in which state it is, for the filters of the queue."""

from collections.abc import Sequence
from typing import TypeVar
from uuid import UUID

from common.events.envelope import ReceivedEvent
from common.events.tickets import TicketAssigned, TicketEvent
from common.persistence.database import Connection
from sla.clocks.store import ticket_facts
from sla.clocks.store.ticket_facts import TicketFacts

T = TypeVar("T", bound=TicketEvent)

NEW = "new"


async def on_ticket_facts(tx: Connection, events: Sequence[ReceivedEvent[T]]) -> None:
    """Store what the last of the events of each ticket says of it. Locks the tickets."""
    facts: dict[UUID, TicketFacts] = {}
    for received in events:
        event = received.event
        before = facts.get(event.ticket_id)
        says_team, team = (False, None) if before is None else (before.says_team, before.team)
        if isinstance(event, TicketAssigned):
            says_team, team = True, event.team
        facts[event.ticket_id] = TicketFacts(
            event.ticket_id, event.state, event.assignee, team, says_team
        )
    await ticket_facts.save(tx, list(facts.values()))


async def on_opened_facts(tx: Connection, events: Sequence[ReceivedEvent[T]]) -> None:
    """The same of new tickets, of which most are as the table has them anyway."""
    unusual = [r for r in events if r.event.state != NEW or r.event.assignee is not None]
    if unusual:
        await on_ticket_facts(tx, unusual)
