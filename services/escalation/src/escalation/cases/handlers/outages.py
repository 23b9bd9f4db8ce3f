"""Outages that customers feel: somebody hears of each, once, until it is over (R3, R5).

What a blocker's ticket says is down is escalated as that blocker; here is what monitoring and people
report. Wherever both are known, in whichever order they were heard, one case remains.
"""

from common.events.envelope import Received
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
from escalation.cases.commands import note
from escalation.cases.domain import timeline
from escalation.cases.handlers.closing import end, end_of_tickets, withdraw
from escalation.cases.new_case import tier, trigger
from escalation.policies.domain.trigger import Trigger, TriggerKind

PRODUCTION = (None, "production")
"""Tiers that customers feel; None: the service is down wherever it runs."""
OF_TICKETS: tuple[TriggerKind, ...] = ("blocker_raised", "forwarded")
"""Cases of a ticket that have told the same people already."""
OF_OUTAGES: tuple[TriggerKind, ...] = ("outage",)
SEEN = {"monitoring": "seen by monitoring", "ticket": "reported by a ticket", "hand": "reported"}


async def on_started(tx: Connection, received: Received[OutageStarted]) -> None:
    await _heard(tx, received.event)


async def on_ended(tx: Connection, received: Received[OutageEnded]) -> None:
    await end(tx, {_dedup(received.event): _over(received.event)})


async def on_corrected(tx: Connection, received: Received[OutageCorrected]) -> None:
    """Two people know better: it was none, it is over, or it lasts after all."""
    event = received.event
    if not event.counts:
        people = f"{event.requested_by} and {event.confirmed_by}"
        await withdraw(tx, _dedup(event), f"{event.outage} was none, say {people}")
    elif event.ended_at is not None:
        await end(tx, {_dedup(event): _over(event)})
    else:
        await _heard(tx, event)


async def on_superseded(tx: Connection, received: Received[OutageSuperseded]) -> None:
    event = received.event
    await end(tx, {_dedup(event): f"monitoring measures it, as {event.superseded_by}"})


async def on_blocker_raised(tx: Connection, received: Received[BlockerRaised]) -> None:
    """Its ticket is escalated from now on, in the place of what was for the outage alone."""
    event = received.event
    why = f"{event.ticket} is a blocker now"
    await end_of_tickets(tx, {event.ticket_id: why}, OF_OUTAGES)


async def _heard(tx: Connection, event: OutageEvent) -> None:
    """What lasts, and what is not planned for: down in production."""
    where = await tier(tx, event.environment)
    lasts = event.ended_at is None and event.counts
    if not lasts or event.effect != "down" or event.reported_by == "ticket":
        return
    if where in PRODUCTION and not await _told_by_its_ticket(tx, event):
        await trigger(tx, _cause(event, where), _title(event))


async def _told_by_its_ticket(tx: Connection, event: OutageEvent) -> bool:
    """Whether those who must know do so already; then their case says that it is down (E9)."""
    if event.ticket_id is None:
        return False
    known = await cases.lock_of_tickets(tx, [event.ticket_id], OF_TICKETS)
    for case in known:
        await note(tx, case, lambda at: timeline.Repeated(at, _title(event)))
    return bool(known)


def _cause(event: OutageEvent, where: str | None) -> Trigger:
    return Trigger(
        "outage",
        "critical",
        _dedup(event),
        _title(event),
        event.started_at,
        service=event.service,
        customer=event.customer,
        environment=event.environment,
        tier=where,
        ticket_id=event.ticket_id,
    )


def _title(event: OutageEvent) -> str:
    place = " on ".join(part for part in (event.service, event.environment) if part)
    whom = f" for {event.customer}" if event.environment is None and event.customer else ""
    return f"{event.outage}: {place}{whom} is down, {SEEN[event.reported_by]}"


def _over(event: OutageEvent) -> str:
    return f"{event.outage} is over"


def _dedup(event: OutageEvent) -> str:
    return f"outage/{event.outage_id}"
