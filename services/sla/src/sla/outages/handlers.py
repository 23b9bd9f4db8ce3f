"""Outages as monitoring and tickets tell of them. Which ones count is data (`outages.rule`)."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from common.events.envelope import ReceivedEvent
from common.events.tickets import (
    AlertRaised,
    AlertResolved,
    BlockerLifted,
    BlockerRaised,
    TicketEvent,
    TicketOpened,
    TicketReclassified,
)
from common.persistence.database import Connection, transaction_time
from sla.directory.store import directory
from sla.outages.commands import Report, begin, finish, supersede
from sla.outages.domain.outage import Outage, ended
from sla.outages.domain.rules import Signal, effect_of
from sla.outages.domain.scope import Place
from sla.outages.domain.timeline import Effect
from sla.outages.store import outages
from sla.outages.store import rules as outage_rules

ITSELF = "opsdesk"
"""Who said it, where no person did."""
DONE = frozenset({"resolved", "verified", "closed", "merged"})
"""States of tickets that block nothing."""


async def on_alert_raised(tx: Connection, received: ReceivedEvent[AlertRaised]) -> None:
    """An alert that counts opens an outage from its own beginning. It measures better than people
    do: an outage that its ticket opened gives way to it."""
    event = received.event
    place = await _place(tx, event)
    if place is None:
        return
    level = (event.severity or "").lower()
    signal = Signal(
        "monitoring",
        level,
        event.monitor,
        place.environment,
        place.tier,
        place.service,
        event.dedup_key,
    )
    effect = await _effect(tx, signal)
    if effect is None:
        return
    by_ticket = [] if event.ticket_id is None else await _of_ticket(tx, event.ticket_id)
    at = await transaction_time(tx)
    report = Report(
        place,
        "monitoring",
        event.alert_id,
        event.ticket_id,
        effect,
        event.started_at,
        event.monitor,
    )
    outage = await begin(tx, report, at)
    for one in by_ticket:
        await supersede(tx, one, outage, event.monitor, at)


async def on_alert_ended(tx: Connection, received: ReceivedEvent[AlertResolved]) -> None:
    """The end of an alert that counted; of one that did not, there is nothing to end."""
    event = received.event
    for outage in await outages.lock_of_source(tx, "monitoring", event.alert_id):
        at = await transaction_time(tx)
        # A monitor whose clock is ahead ends nothing in the future.
        after = ended(outage, min(event.ended_at, at))
        if after is not None:
            await finish(tx, outage, after, event.monitor, at)


async def on_opened_down(tx: Connection, events: Sequence[ReceivedEvent[TicketOpened]]) -> None:
    """What was phoned in late was down since then: the outage begins with the ticket (C2)."""
    for received in events:
        # Checked here, not by the rules: nearly all tickets are none of this, and they come in
        # thousands a second.
        if received.event.priority == "blocker":
            await _down(tx, received.event, received.event.opened_at)


async def on_blocker_raised(tx: Connection, received: ReceivedEvent[BlockerRaised]) -> None:
    await _down(tx, received.event, received.at)


async def on_blocker_lifted(tx: Connection, received: ReceivedEvent[BlockerLifted]) -> None:
    """Resolved, lowered, closed or moved: what this ticket said is down is down no more."""
    event = received.event
    for outage in await outages.lock_of_source(tx, "ticket", event.ticket_id):
        after = ended(outage, received.at)
        if after is not None:
            await finish(
                tx, outage, after, event.by or ITSELF, await transaction_time(tx), event.reason
            )


async def on_corrected_down(tx: Connection, received: ReceivedEvent[TicketReclassified]) -> None:
    """A blocker that is no incident, or about another service, is no word about this one any more.

    It ends now, as when a blocker is lowered: whoever says that it never was down corrects it, by
    two people.
    """
    event = received.event
    if event.priority != "blocker":
        return
    for outage in await outages.lock_of_source(tx, "ticket", event.ticket_id):
        after = ended(outage, received.at)
        if after is not None:
            await finish(
                tx, outage, after, event.by or ITSELF, await transaction_time(tx), "corrected"
            )
    if event.state not in DONE:
        await _down(tx, event, received.at)


async def _down(tx: Connection, event: TicketEvent, started_at: datetime) -> None:
    """A blocker incident says that its environment or service is down, once: as long as the ticket
    has an outage already, the monitor's own or this one, nothing new is said."""
    place = await _place(tx, event)
    if event.kind != "incident" or place is None:
        return
    signal = Signal(
        "ticket", event.priority, None, place.environment, place.tier, place.service, event.ticket
    )
    effect = await _effect(tx, signal)
    if effect is None or await outages.lock_open_of_ticket(tx, event.ticket_id):
        return
    report = Report(
        place, "ticket", event.ticket_id, event.ticket_id, effect, started_at, event.by or ITSELF
    )
    await begin(tx, report, await transaction_time(tx))


async def _of_ticket(tx: Connection, ticket_id: UUID) -> list[Outage]:
    found = await outages.lock_open_of_ticket(tx, ticket_id)
    return [outage for outage in found if outage.source == "ticket"]


async def _effect(tx: Connection, signal: Signal) -> Effect | None:
    return effect_of((await outage_rules.current(tx)).rules, signal)


async def _place(tx: Connection, event: AlertRaised | TicketEvent) -> Place | None:
    """Where it is. None where nobody says whose or what it is: a label that intake did not know
    must not become an outage of all customers; people can say that by hand."""
    if event.customer_id is None or (event.environment is None and event.service is None):
        return None
    known = await directory.find_environment(tx, event.environment) if event.environment else None
    tier = known.tier if known else None
    return Place(event.customer_id, event.environment, event.service, tier, event.customer)
