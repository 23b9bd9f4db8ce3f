"""Outages that customers feel: somebody hears of each, once, until it is over (R3, R5).

What a blocker's ticket says is down is escalated as that blocker; here is what monitoring and people
report. Wherever both are known, in whichever order they were heard, one case remains.
"""

from common.events.envelope import ReceivedEvent
from common.events.outages import (
    OutageCorrected,
    OutageEnded,
    OutageEvent,
    OutageStarted,
    OutageSuperseded,
)
from common.events.tickets import BlockerRaised
from common.persistence.database import Connection
from escalation.cases import store as cases
from escalation.cases.commands import append_event
from escalation.cases.domain import timeline
from escalation.cases.handlers.closing import resolve_cases, resolve_cases_of_tickets, withdraw
from escalation.cases.new_case import environment_tier, open_or_join
from escalation.policies.domain.trigger import Trigger, TriggerKind

CUSTOMER_TIERS = (None, "production")
"""Tiers that customers feel; None: the service is down wherever it runs."""
TICKET_TRIGGERS: tuple[TriggerKind, ...] = ("blocker_raised", "forwarded")
"""Cases of a ticket that have told the same people already."""
OUTAGE_TRIGGERS: tuple[TriggerKind, ...] = ("outage",)
SOURCE_TEXTS = {
    "monitoring": "seen by monitoring",
    "ticket": "reported by a ticket",
    "manual": "reported",
}


async def on_started(tx: Connection, received: ReceivedEvent[OutageStarted]) -> None:
    await _escalate_if_down(tx, received.event)


async def on_ended(tx: Connection, received: ReceivedEvent[OutageEnded]) -> None:
    await resolve_cases(tx, {_dedup_key(received.event): _closing_reason(received.event)})


async def on_corrected(tx: Connection, received: ReceivedEvent[OutageCorrected]) -> None:
    """Two people know better: it was none, it is over, or it lasts after all."""
    event = received.event
    if not event.counts:
        people = f"{event.requested_by} and {event.confirmed_by}"
        await withdraw(tx, _dedup_key(event), f"{event.outage} was none, say {people}")
    elif event.ended_at is not None:
        await resolve_cases(tx, {_dedup_key(event): _closing_reason(event)})
    else:
        await _escalate_if_down(tx, event)


async def on_superseded(tx: Connection, received: ReceivedEvent[OutageSuperseded]) -> None:
    event = received.event
    await resolve_cases(
        tx, {_dedup_key(event): f"monitoring measures it, as {event.superseded_by}"}
    )


async def on_blocker_raised(tx: Connection, received: ReceivedEvent[BlockerRaised]) -> None:
    """Its ticket is escalated from now on, in the place of what was for the outage alone."""
    event = received.event
    why = f"{event.ticket} is a blocker now"
    await resolve_cases_of_tickets(tx, {event.ticket_id: why}, OUTAGE_TRIGGERS)


async def _escalate_if_down(tx: Connection, event: OutageEvent) -> None:
    """What lasts, and what is not planned for: down in production."""
    where = await environment_tier(tx, event.environment)
    lasts = event.ended_at is None and event.counts
    if not lasts or event.effect != "down" or event.reported_by == "ticket":
        return
    if where in CUSTOMER_TIERS and not await _join_ticket_case(tx, event):
        await open_or_join(tx, _build_trigger(event, where), _title(event))


async def _join_ticket_case(tx: Connection, event: OutageEvent) -> bool:
    """Whether those who must know do so already; then their case says that it is down (E9)."""
    if event.ticket_id is None:
        return False
    ticket_cases = await cases.lock_of_tickets(tx, [event.ticket_id], TICKET_TRIGGERS)
    for case in ticket_cases:
        await append_event(tx, case, lambda at: timeline.Repeated(at, _title(event)))
    return bool(ticket_cases)


def _build_trigger(event: OutageEvent, where: str | None) -> Trigger:
    return Trigger(
        "outage",
        "critical",
        _dedup_key(event),
        _title(event),
        event.started_at,
        service=event.service,
        customer=event.customer,
        environment=event.environment,
        tier=where,
        ticket_id=event.ticket_id,
    )


def _title(event: OutageEvent) -> str:
    scope = " on ".join(part for part in (event.service, event.environment) if part)
    whom = f" for {event.customer}" if event.environment is None and event.customer else ""
    return f"{event.outage}: {scope}{whom} is down, {SOURCE_TEXTS[event.reported_by]}"


def _closing_reason(event: OutageEvent) -> str:
    return f"{event.outage} is over"


def _dedup_key(event: OutageEvent) -> str:
    return f"outage/{event.outage_id}"
