"""Outages that customers notice: one case for each, until it is over (R3, R5).

An outage that a blocker ticket reports is escalated as that blocker; here are those that monitoring
and people report. Where both are known, in whichever order they came, one case remains.
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
from escalation.cases.closing import resolve_cases, resolve_cases_of_tickets, withdraw
from escalation.cases.commands import append_event, environment_tier, open_or_join
from escalation.cases.domain import timeline
from escalation.policies.domain.trigger import Trigger, TriggerKind

CUSTOMER_TIERS = (None, "production")
"""Tiers whose outages customers notice; None: the service is down wherever it runs."""
TICKET_TRIGGERS: tuple[TriggerKind, ...] = ("blocker_raised", "forwarded")
"""Kinds of cases of a ticket that have notified the same people already."""
MAX_SHARED = 10
"""Open outages of one ticket that its case tells of; a storm has thousands, which the ticket shows."""
OUTAGE_TRIGGERS: tuple[TriggerKind, ...] = ("outage",)
SOURCE_TEXTS = {
    "monitoring": "seen by monitoring",
    "ticket": "reported by a ticket",
    "manual": "reported",
}


async def on_started(tx: Connection, received: ReceivedEvent[OutageStarted]) -> None:
    """Escalate an outage in production."""
    await _escalate_if_down(tx, received.event)


async def on_ended(tx: Connection, received: ReceivedEvent[OutageEnded]) -> None:
    """Resolve the case of an outage that is over, with all others that share it."""
    if not received.event.others_open_of_ticket:
        await resolve_cases(tx, {_dedup_key(received.event): _closing_reason(received.event)})


async def on_corrected(tx: Connection, received: ReceivedEvent[OutageCorrected]) -> None:
    """Follow a correction by two people: it was not an outage, it is over, or it lasts after all."""
    event = received.event
    if event.others_open_of_ticket:
        return  # others that share the case last: they go on being escalated
    if not event.counts:
        people = f"{event.requested_by} and {event.confirmed_by}"
        await withdraw(tx, _dedup_key(event), f"{event.outage} was not an outage, say {people}")
    elif event.ended_at is not None:
        await resolve_cases(tx, {_dedup_key(event): _closing_reason(event)})
    else:
        await _escalate_if_down(tx, event)


async def on_superseded(tx: Connection, received: ReceivedEvent[OutageSuperseded]) -> None:
    """Resolve the case of an outage that monitoring records as another one."""
    event = received.event
    reason = f"monitoring measures it, as {event.superseded_by}"
    if event.others_open_of_ticket:
        return
    await resolve_cases(tx, {_dedup_key(event): reason})


async def on_blocker_raised(tx: Connection, received: ReceivedEvent[BlockerRaised]) -> None:
    """Resolve the case of an outage whose ticket is escalated as a blocker from now on."""
    event = received.event
    reason = f"{event.ticket} is a blocker now"
    await resolve_cases_of_tickets(tx, {event.ticket_id: reason}, OUTAGE_TRIGGERS)


async def _escalate_if_down(tx: Connection, event: OutageEvent) -> None:
    """Escalate what is down in production and still lasts, unless a ticket reports it."""
    tier = await environment_tier(tx, event.environment)
    lasts = event.ended_at is None and event.counts
    if not lasts or event.effect != "down" or event.reported_by == "ticket":
        return
    if event.others_open_of_ticket >= MAX_SHARED:
        return
    if tier in CUSTOMER_TIERS and not await _join_ticket_case(tx, event):
        await open_or_join(tx, _build_trigger(event, tier), _title(event))


async def _join_ticket_case(tx: Connection, event: OutageEvent) -> bool:
    """Add the outage to the cases of its ticket (E9). False where it has no unresolved one."""
    if event.ticket_id is None:
        return False
    ticket_cases = await cases.lock_of_tickets(tx, [event.ticket_id], TICKET_TRIGGERS)
    for case in ticket_cases:
        await append_event(tx, case, lambda at: timeline.Repeated(at, _title(event)))
    return bool(ticket_cases)


def _build_trigger(event: OutageEvent, tier: str | None) -> Trigger:
    return Trigger(
        "outage",
        "critical",
        _dedup_key(event),
        _title(event),
        event.started_at,
        service=event.service,
        customer=event.customer,
        environment=event.environment,
        tier=tier,
        ticket_id=event.ticket_id,
    )


def _title(event: OutageEvent) -> str:
    scope = " on ".join(part for part in (event.service, event.environment) if part)
    whom = f" for {event.customer}" if event.environment is None and event.customer else ""
    return f"{event.outage}: {scope}{whom} is down, {SOURCE_TEXTS[event.reported_by]}"


def _closing_reason(event: OutageEvent) -> str:
    return f"{event.outage} is over"


def _dedup_key(event: OutageEvent) -> str:
    """Outages of one service that share a ticket share a case: a storm of alerts pages once (E9)."""
    if event.ticket_id is None:
        return f"outage/{event.outage_id}"
    return f"outage/{event.ticket_id}/{event.service or ''}"
