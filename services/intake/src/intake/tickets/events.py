"""From a change of a ticket to its events, with the blockers that the change raised or lifted.

Blockers are worked out here for every change, so that no route can forget them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, get_args

from msgspec.structs import replace

from common.events.erasures import TicketErased
from common.events.second_eyes import (
    SecondEyes,
    TicketAnySecondEyesGiven,
    TicketAnySecondEyesOverdue,
    TicketSecondEyesGiven,
    TicketSecondEyesOverdue,
)
from common.events.ticket_holds import TicketOnHoldUntil
from common.events.tickets import (
    BlockerConfirmed,
    BlockerLifted,
    BlockerRaised,
    TicketClosed,
    TicketCustomerReplied,
    TicketEvent,
    TicketForwarded,
    TicketHandedBack,
    TicketKnown,
    TicketMerged,
    TicketOnHold,
    TicketOpened,
    TicketPrioritised,
    TicketRejected,
    TicketReopened,
    TicketReplied,
    TicketResolved,
    TicketResumed,
    TicketWorkaroundProvided,
)
from common.events.watchers import WatchedChange
from common.messaging.outbox import OutboxEvent
from intake.tickets.domain.blocker import Change, blocked_environment, blocker_changes, is_confirmed
from intake.tickets.domain.second_eyes import EscalatedKind, overdue, waiting_since
from intake.tickets.domain.ticket import State, Ticket, WaitingOn

KNOWN_TO_V1: Final = frozenset[str](get_args(SecondEyes))
"""What readers of the first version of the events about second eyes know."""
_LIFTED_REASONS: Final[Mapping[State, str]] = {
    "resolved": "resolved",
    "verified": "resolved",
    "closed": "closed",
    "merged": "merged",
}


@dataclass(frozen=True, slots=True)
class EventSpec:
    """A type of event about a changed ticket, with the fields that only this type has."""

    event: type[TicketEvent]
    extra: Mapping[str, Any]


def event_spec(event: type[TicketEvent], **extra: Any) -> EventSpec:
    """An `EventSpec`, with its fields as keywords."""
    return EventSpec(event, extra)


def opened_event(ticket: Ticket) -> EventSpec:
    """The event about a new ticket."""
    return event_spec(
        TicketOpened,
        opened_at=ticket.opened_at,
        channel="portal" if ticket.channel == "chat" else ticket.channel,
        needs_triage=ticket.customer_id is None,
        tags=list(ticket.tags),
    )


_WATCHED: Final[Mapping[type[TicketEvent], WatchedChange]] = {
    TicketCustomerReplied: "customer_replied",
    TicketReplied: "replied",
    TicketPrioritised: "prioritised",
    TicketOnHold: "on_hold",
    TicketOnHoldUntil: "on_hold",
    TicketResumed: "resumed",
    TicketWorkaroundProvided: "workaround_provided",
    TicketForwarded: "forwarded",
    TicketHandedBack: "handed_back",
    TicketResolved: "resolved",
    TicketRejected: "rejected",
    TicketReopened: "reopened",
    TicketClosed: "closed",
    TicketMerged: "merged",
}
"""What those who watch a ticket hear of."""


def watched_changes(events: Sequence[EventSpec]) -> list[WatchedChange]:
    """What those who watch the ticket hear of these events, in their order."""
    return [_WATCHED[spec.event] for spec in events if spec.event in _WATCHED]


def hold_event(on: WaitingOn, until: datetime | None) -> EventSpec:
    """The event about a ticket that waits: for somebody, or for a date."""
    if until is not None:
        return event_spec(TicketOnHoldUntil, until=until)
    return event_spec(TicketOnHold, waiting_on=on)


def resumed_event(before: Ticket) -> EventSpec:
    """The event about a ticket that goes on; it names whom it waited for, if that was somebody."""
    waited_on = None if before.waiting_on == "date" else before.waiting_on
    return event_spec(TicketResumed, waited_on=waited_on)


def second_eyes_given(before: Ticket, after: Ticket, at: datetime) -> list[EventSpec]:
    """The event that nothing waits too long for a second person any more; none where something does, or none did."""
    ended = overdue(before, at).keys() - waiting_since(after).keys()
    if not ended or overdue(after, at):
        return []
    kind = TicketSecondEyesGiven if ended <= KNOWN_TO_V1 else TicketAnySecondEyesGiven
    return [event_spec(kind, waited_for=sorted(ended))]


def second_eyes_overdue(waits: Mapping[EscalatedKind, datetime]) -> EventSpec:
    """The event about what has waited too long for a second person, by since when."""
    kind = TicketSecondEyesOverdue if waits.keys() <= KNOWN_TO_V1 else TicketAnySecondEyesOverdue
    return event_spec(kind, waits_for=sorted(waits), since=min(waits.values()))


def known_event(ticket: Ticket, at: datetime) -> tuple[Ticket, OutboxEvent]:
    """The ticket with its next sequence, and the event with its whole state."""
    announced = replace(ticket, sequence=ticket.sequence + 1)
    is_blocker = blocked_environment(ticket) is not None
    spec = event_spec(
        TicketKnown,
        opened_at=ticket.opened_at,
        is_blocker=is_blocker,
        confirmed=is_confirmed(ticket),
    )
    return announced, OutboxEvent(_to_event(spec, ticket, None, at), announced.sequence)


def erased_event(ticket: Ticket, actor: str, at: datetime) -> OutboxEvent:
    """The event about a ticket whose words were erased and counted as a change."""
    return OutboxEvent(_to_event(event_spec(TicketErased), ticket, actor, at), ticket.sequence)


def to_outbox_events(
    before: Ticket | None,
    after: Ticket,
    actor: str | None,
    at: datetime,
    events: Sequence[EventSpec],
) -> tuple[Ticket, list[OutboxEvent]]:
    """The ticket with its new sequence, and the events about the change by `actor`, in order.

    `before` is None for a new ticket.
    """
    pending: list[tuple[EventSpec, Ticket]] = [(spec, after) for spec in events]
    for change, ticket in blocker_changes(before, after):
        pending.append((_blocker_event(change, after), ticket))
    first = after.sequence + 1
    outbox_events = [
        OutboxEvent(_to_event(spec, ticket, actor, at), sequence)
        for sequence, (spec, ticket) in enumerate(pending, first)
    ]
    return replace(after, sequence=after.sequence + len(outbox_events)), outbox_events


def _blocker_event(change: Change, after: Ticket) -> EventSpec:
    if change == "raised":
        return event_spec(BlockerRaised, confirmed=is_confirmed(after))
    if change == "confirmed":
        return event_spec(BlockerConfirmed)
    return event_spec(BlockerLifted, reason=_lifted_reason(after))


def _lifted_reason(after: Ticket) -> str:
    """Why an environment has no blocker any more: the ticket's state, its priority, or its move."""
    moved = "moved" if after.priority == "blocker" else "lowered"
    return _LIFTED_REASONS.get(after.state, moved)


def _to_event(spec: EventSpec, ticket: Ticket, actor: str | None, at: datetime) -> TicketEvent:
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
