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
from sla.catalogue.store import catalogue
from sla.directory.store import directory
from sla.outages.commands import OutageReport, close_outage, open_outage, supersede_outage
from sla.outages.domain.outage import Outage, mark_ended
from sla.outages.domain.rules import Signal, effect_of
from sla.outages.domain.scope import Scope
from sla.outages.domain.state_timeline import Effect
from sla.outages.store import outages
from sla.outages.store import rules as outage_rules

SYSTEM = "opsdesk"
"""Who said it, where no person did."""
CLOSED_STATES = frozenset({"resolved", "verified", "closed", "merged"})
"""States of tickets that block nothing."""


async def on_alert_raised(tx: Connection, received: ReceivedEvent[AlertRaised]) -> None:
    """An alert that counts opens an outage from its own beginning. It measures better than people
    do: an outage that its ticket opened gives way to it."""
    event = received.event
    scope = await _resolve_scope(tx, event)
    if scope is None:
        return
    level = (event.severity or "").lower()
    signal = Signal(
        "monitoring",
        level,
        event.monitor,
        scope.environment,
        scope.tier,
        scope.service,
        event.dedup_key,
    )
    effect = await _effect_of_signal(tx, signal)
    if effect is None:
        return
    ticket_outages = (
        [] if event.ticket_id is None else await _lock_ticket_outages(tx, event.ticket_id)
    )
    at = await transaction_time(tx)
    report = OutageReport(
        scope,
        "monitoring",
        event.alert_id,
        event.ticket_id,
        effect,
        event.started_at,
        event.monitor,
    )
    outage = await open_outage(tx, report, at)
    for ticket_outage in ticket_outages:
        await supersede_outage(tx, ticket_outage, outage, event.monitor, at)


async def on_alert_ended(tx: Connection, received: ReceivedEvent[AlertResolved]) -> None:
    """The end of an alert that counted; of one that did not, there is nothing to end."""
    event = received.event
    for outage in await outages.lock_of_source(tx, "monitoring", event.alert_id):
        at = await transaction_time(tx)
        # A monitor whose clock is ahead ends nothing in the future.
        after = mark_ended(outage, min(event.ended_at, at))
        if after is not None:
            await close_outage(tx, outage, after, event.monitor, at)


async def on_blocker_ticket_opened(
    tx: Connection, events: Sequence[ReceivedEvent[TicketOpened]]
) -> None:
    """What was phoned in late was down since then: the outage begins with the ticket (C2)."""
    for received in events:
        # Checked here, not by the rules: nearly all tickets are none of this, and they come in
        # thousands a second.
        if received.event.priority == "blocker":
            await _open_ticket_outage(tx, received.event, received.event.opened_at)


async def on_blocker_raised(tx: Connection, received: ReceivedEvent[BlockerRaised]) -> None:
    await _open_ticket_outage(tx, received.event, received.at)


async def on_blocker_lifted(tx: Connection, received: ReceivedEvent[BlockerLifted]) -> None:
    """Resolved, lowered, closed or moved: what this ticket said is down is down no more."""
    event = received.event
    for outage in await outages.lock_of_source(tx, "ticket", event.ticket_id):
        after = mark_ended(outage, received.at)
        if after is not None:
            await close_outage(
                tx, outage, after, event.by or SYSTEM, await transaction_time(tx), event.reason
            )


async def on_blocker_reclassified(
    tx: Connection, received: ReceivedEvent[TicketReclassified]
) -> None:
    """A blocker that is no incident, or about another service, is no word about this one any more.

    It ends now, as when a blocker is lowered: whoever says that it never was down corrects it, by
    two people.
    """
    event = received.event
    if event.priority != "blocker":
        return
    for outage in await outages.lock_of_source(tx, "ticket", event.ticket_id):
        after = mark_ended(outage, received.at)
        if after is not None:
            await close_outage(
                tx, outage, after, event.by or SYSTEM, await transaction_time(tx), "corrected"
            )
    if event.state not in CLOSED_STATES:
        await _open_ticket_outage(tx, event, received.at)


async def _open_ticket_outage(tx: Connection, event: TicketEvent, started_at: datetime) -> None:
    """A blocker incident says that its environment or service is down, once: as long as the ticket
    has an outage already, the monitor's own or this one, nothing new is said."""
    scope = await _resolve_scope(tx, event)
    if event.kind != "incident" or scope is None:
        return
    signal = Signal(
        "ticket", event.priority, None, scope.environment, scope.tier, scope.service, event.ticket
    )
    effect = await _effect_of_signal(tx, signal)
    if effect is None or await outages.lock_open_of_ticket(tx, event.ticket_id):
        return
    report = OutageReport(
        scope, "ticket", event.ticket_id, event.ticket_id, effect, started_at, event.by or SYSTEM
    )
    await open_outage(tx, report, await transaction_time(tx))


async def _lock_ticket_outages(tx: Connection, ticket_id: UUID) -> list[Outage]:
    open_outages = await outages.lock_open_of_ticket(tx, ticket_id)
    return [outage for outage in open_outages if outage.source == "ticket"]


async def _effect_of_signal(tx: Connection, signal: Signal) -> Effect | None:
    return effect_of((await outage_rules.get_current(tx)).rules, signal)


async def _resolve_scope(tx: Connection, event: AlertRaised | TicketEvent) -> Scope | None:
    """Where it is. None where nobody says whose or what it is: a label that intake did not know
    must not become an outage of all customers, nor a service that the catalogue does not know one of
    the whole customer; people can say that by hand (I5)."""
    if event.customer_id is None or (event.environment is None and event.service is None):
        return None
    if event.environment is None and not await catalogue.has_service(tx, event.service or ""):
        return None
    environment = (
        await directory.find_environment(tx, event.environment) if event.environment else None
    )
    tier = environment.tier if environment else None
    return Scope(event.customer_id, event.environment, event.service, tier, event.customer)
