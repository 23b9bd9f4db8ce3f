"""The second half of every edge: the sequence, the row, the events, the audit trail, together.

A change of a ticket is told as one or more facts. Whether it raised or lifted a blocker is worked
out here, so that no route can forget it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from common import audit
from common.audit import JSON
from common.events.tickets import BlockerLifted, BlockerRaised, TicketEvent, TicketOpened
from common.messaging.outbox import Announcement, announce
from common.persistence.database import Connection
from intake.tickets.domain.blocker import blocker_changes
from intake.tickets.domain.rejection import Refusal
from intake.tickets.domain.ticket import State, Ticket
from intake.tickets.store import tickets

_LIFTED: Final[Mapping[State, str]] = {
    "resolved": "resolved",
    "verified": "resolved",
    "closed": "closed",
    "merged": "merged",
}


@dataclass(frozen=True, slots=True)
class By:
    """Who did it, by `sub`; `behind` is the machine that spoke for them."""

    sub: str
    behind: str | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    """An event to tell of the changed ticket, with what only this event says."""

    event: type[TicketEvent]
    more: Mapping[str, Any]


def fact(event: type[TicketEvent], **more: Any) -> Fact:
    return Fact(event, more)


async def record(
    tx: Connection,
    before: Ticket,
    after: Ticket,
    by: By,
    at: datetime,
    action: str,
    *facts: Fact,
    grounds: Mapping[str, JSON] | None = None,
) -> Ticket:
    """Store the change of a locked ticket and tell it. The ticket as it is now."""
    kept, told = announcements(before, after, by.sub, at, facts)
    await tickets.keep(tx, kept)
    await announce(tx, *told)
    await audit.record(tx, _entry(kept, by, at, action, grounds or {}))
    return kept


async def record_new(
    tx: Connection, ticket: Ticket, description: str | None, by: By, at: datetime
) -> Ticket:
    """Store a new ticket and tell it. The ticket with its sequence."""
    kept, told, entry = new_ticket(ticket, by, at)
    await tickets.add(tx, kept, description)
    await announce(tx, *told)
    await audit.record(tx, entry)
    return kept


def new_ticket(
    ticket: Ticket, by: By, at: datetime
) -> tuple[Ticket, list[Announcement], audit.Entry]:
    """A new ticket with its sequence, what is told of it, and its line in the audit trail."""
    what = fact(
        TicketOpened,
        opened_at=ticket.opened_at,
        channel=ticket.channel,
        needs_triage=ticket.customer_id is None,
    )
    kept, told = announcements(None, ticket, by.sub, at, [what])
    return kept, told, _entry(kept, by, at, "ticket.open", {})


async def record_denied(
    tx: Connection, ticket: Ticket, by: By, at: datetime, action: str, refusal: Refusal
) -> None:
    """A refusal leaves its trace, too: who tried what."""
    grounds = {"denied": refusal.code, "state": ticket.state}
    await audit.record(tx, _entry(ticket, by, at, action, grounds))


def announcements(
    before: Ticket | None, after: Ticket, by: str | None, at: datetime, facts: Sequence[Fact]
) -> tuple[Ticket, list[Announcement]]:
    """The ticket with its new sequence, and what is told of the change, in order."""
    told: list[tuple[Fact, Ticket]] = [(one, after) for one in facts]
    for change, about in blocker_changes(before, after):
        what = (
            fact(BlockerRaised) if change == "raised" else fact(BlockerLifted, reason=_why(after))
        )
        told.append((what, about))
    first = after.sequence + 1
    said = [
        Announcement(_event(one, about, by, at), sequence)
        for sequence, (one, about) in enumerate(told, first)
    ]
    return replace(after, sequence=after.sequence + len(said)), said


def _why(after: Ticket) -> str:
    """Why an environment is no longer blocked: the ticket's end, its priority, or its move."""
    moved = "moved" if after.priority == "blocker" else "lowered"
    return _LIFTED.get(after.state, moved)


def _event(told: Fact, ticket: Ticket, by: str | None, at: datetime) -> TicketEvent:
    return told.event(
        at=at,
        ticket_id=ticket.id,
        ticket=ticket.key,
        title=ticket.title,
        kind=ticket.kind,
        priority=ticket.priority,
        state=ticket.state,
        customer_id=ticket.customer_id,
        customer=ticket.customer,
        environment_id=ticket.environment_id,
        environment=ticket.environment,
        service=ticket.service,
        assignee=ticket.assignee,
        by=by,
        **told.more,
    )


def _entry(
    ticket: Ticket, by: By, at: datetime, action: str, grounds: Mapping[str, JSON]
) -> audit.Entry:
    return audit.Entry(at, by.sub, action, f"ticket/{ticket.id}", grounds, by.behind)
