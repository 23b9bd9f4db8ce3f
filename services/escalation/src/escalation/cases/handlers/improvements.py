"""Improvements of the monitoring that are not done in time (R9)."""

from common.events.envelope import ReceivedEvent
from common.events.improvements import ImprovementEvent, ImprovementOverdue, ImprovementVerified
from common.persistence.database import Connection
from escalation.cases.closing import resolve_cases
from escalation.cases.commands import open_or_join
from escalation.policies.domain.trigger import Trigger

REASONS = {
    "found_by_customer": "the customer noticed first",
    "long_investigation": "the cause took long to find",
}


async def on_overdue(tx: Connection, received: ReceivedEvent[ImprovementOverdue]) -> None:
    """Let the TOM, and the policy's people, know once that better monitoring is owed for too long."""
    event = received.event
    owner = event.owner or "nobody yet"
    title = f"{event.improvement}: better monitoring for {event.ticket} is overdue ({REASONS[event.cause]}; owner: {owner})"
    trigger = Trigger(
        "improvement_overdue",
        "minor",
        _dedup_key(event),
        title,
        event.at,
        ticket_id=event.ticket_id,
        ticket=event.ticket,
        expected_breach_at=event.due_at,
    )
    await open_or_join(tx, trigger, title)


async def on_verified(tx: Connection, received: ReceivedEvent[ImprovementVerified]) -> None:
    """Resolve the case of an improvement that another person has verified."""
    event = received.event
    await resolve_cases(tx, {_dedup_key(event): f"{event.by} verified {event.improvement}"})


def _dedup_key(event: ImprovementEvent) -> str:
    return f"improvement/{event.improvement_id}"
