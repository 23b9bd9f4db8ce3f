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
from common.messaging.outbox import OutboxEvent, publish
from common.persistence.database import Connection
from intake.tickets.domain.blocker import blocker_changes
from intake.tickets.domain.rejection import Rejection
from intake.tickets.domain.ticket import State, Ticket
from intake.tickets.store import tickets

_LIFTED_REASONS: Final[Mapping[State, str]] = {
    "resolved": "resolved",
    "verified": "resolved",
    "closed": "closed",
    "merged": "merged",
}


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did it, by `sub`; `behind` is the machine that spoke for them."""

    sub: str
    via_machine: str | None = None


@dataclass(frozen=True, slots=True)
class EventSpec:
    """An event to tell of the changed ticket, with what only this event says."""

    event: type[TicketEvent]
    extra: Mapping[str, Any]


def event_spec(event: type[TicketEvent], **extra: Any) -> EventSpec:
    return EventSpec(event, extra)


async def save_change(
    tx: Connection,
    before: Ticket,
    after: Ticket,
    actor: Actor,
    at: datetime,
    action: str,
    *events: EventSpec,
    grounds: Mapping[str, JSON] | None = None,
) -> Ticket:
    """Store the change of a locked ticket and tell it. The ticket as it is now."""
    stored, outbox_events = to_outbox_events(before, after, actor.sub, at, events)
    await tickets.save(tx, stored)
    await publish(tx, *outbox_events)
    await audit.record(tx, _audit_entry(stored, actor, at, action, grounds or {}))
    return stored


async def save_new(
    tx: Connection, ticket: Ticket, description: str | None, actor: Actor, at: datetime
) -> Ticket:
    """Store a new ticket and tell it. The ticket with its sequence."""
    stored, outbox_events, entry = prepare_new_ticket(ticket, actor, at)
    await tickets.add(tx, stored, description)
    await publish(tx, *outbox_events)
    await audit.record(tx, entry)
    return stored


def prepare_new_ticket(
    ticket: Ticket, actor: Actor, at: datetime
) -> tuple[Ticket, list[OutboxEvent], audit.Entry]:
    """A new ticket with its sequence, what is told of it, and its line in the audit trail."""
    opened = event_spec(
        TicketOpened,
        opened_at=ticket.opened_at,
        channel=ticket.channel,
        needs_triage=ticket.customer_id is None,
    )
    sequenced, outbox_events = to_outbox_events(None, ticket, actor.sub, at, [opened])
    return sequenced, outbox_events, _audit_entry(sequenced, actor, at, "ticket.open", {})


async def audit_rejection(
    tx: Connection, ticket: Ticket, actor: Actor, at: datetime, action: str, rejection: Rejection
) -> None:
    """A refusal leaves its trace, too: who tried what."""
    grounds = {"denied": rejection.code, "state": ticket.state}
    await audit.record(tx, _audit_entry(ticket, actor, at, action, grounds))


def to_outbox_events(
    before: Ticket | None,
    after: Ticket,
    actor: str | None,
    at: datetime,
    events: Sequence[EventSpec],
) -> tuple[Ticket, list[OutboxEvent]]:
    """The ticket with its new sequence, and what is told of the change, in order."""
    pending: list[tuple[EventSpec, Ticket]] = [(one, after) for one in events]
    for change, about in blocker_changes(before, after):
        blocker_event = (
            event_spec(BlockerRaised)
            if change == "raised"
            else event_spec(BlockerLifted, reason=_lifted_reason(after))
        )
        pending.append((blocker_event, about))
    first = after.sequence + 1
    outbox_events = [
        OutboxEvent(_event(one, about, actor, at), sequence)
        for sequence, (one, about) in enumerate(pending, first)
    ]
    return replace(after, sequence=after.sequence + len(outbox_events)), outbox_events


def _lifted_reason(after: Ticket) -> str:
    """Why an environment is no longer blocked: the ticket's end, its priority, or its move."""
    moved = "moved" if after.priority == "blocker" else "lowered"
    return _LIFTED_REASONS.get(after.state, moved)


def _event(spec: EventSpec, ticket: Ticket, actor: str | None, at: datetime) -> TicketEvent:
    return spec.event(
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
        by=actor,
        **spec.extra,
    )


def _audit_entry(
    ticket: Ticket, actor: Actor, at: datetime, action: str, grounds: Mapping[str, JSON]
) -> audit.Entry:
    return audit.Entry(at, actor.sub, action, f"ticket/{ticket.id}", grounds, actor.via_machine)
