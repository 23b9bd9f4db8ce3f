"""Kafka in: alerts and blocker tickets that count as outages by the stored rules."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from common.events.alerts import AlertRaised, AlertResolved, AlertWorsened
from common.events.envelope import ReceivedEvent
from common.events.tickets import (
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
"""The actor where no person acted."""
CLOSED_STATES = frozenset({"resolved", "verified", "closed", "merged"})
"""States of tickets that no longer report an outage."""


async def on_alert_raised(tx: Connection, received: ReceivedEvent[AlertRaised]) -> None:
    """Open the outage of an alert that counts; it replaces one opened by its ticket."""
    await _open_alert_outage(tx, received.event, received.event.started_at)


async def on_alert_worsened(tx: Connection, received: ReceivedEvent[AlertWorsened]) -> None:
    """Open the outage of an alert that counts only since it became worse: it lasts from now on.

    An open outage of the alert goes on, unless it has another effect now.
    """
    event = received.event
    scope = await _resolve_scope(tx, event)
    effect = None if scope is None else await _effect_of_alert(tx, event, scope)
    for outage in await outages.lock_of_source(tx, "monitoring", event.alert_id):
        if outage.ended_at is not None or not outage.counts:
            continue
        if effect in (None, outage.effect):
            return
        at = await transaction_time(tx)
        after = mark_ended(outage, min(event.at, at))
        if after is not None:
            await close_outage(tx, outage, after, event.monitor, at, "it became worse")
    await _open_alert_outage(tx, event, event.at)


async def _open_alert_outage(
    tx: Connection, event: AlertRaised | AlertWorsened, started_at: datetime
) -> None:
    scope = await _resolve_scope(tx, event)
    effect = None if scope is None else await _effect_of_alert(tx, event, scope)
    if scope is None or effect is None:
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
        started_at,
        event.monitor,
    )
    outage = await open_outage(tx, report, at)
    for ticket_outage in ticket_outages:
        await supersede_outage(tx, ticket_outage, outage, event.monitor, at)


async def _effect_of_alert(
    tx: Connection, event: AlertRaised | AlertWorsened, scope: Scope
) -> Effect | None:
    """The effect by the rules, which name severities as the monitor does, or the priority they mean."""
    signal = Signal(
        "monitoring",
        (event.severity or "").lower(),
        event.monitor,
        scope.environment,
        scope.tier,
        scope.service,
        event.dedup_key,
        event.priority,
    )
    return await _effect_of_signal(tx, signal)


async def on_alert_resolved(tx: Connection, received: ReceivedEvent[AlertResolved]) -> None:
    """End the outage of an alert, if it counted as one."""
    event = received.event
    for outage in await outages.lock_of_source(tx, "monitoring", event.alert_id):
        at = await transaction_time(tx)
        # The clock of the monitor may be ahead: an outage never ends in the future.
        after = mark_ended(outage, min(event.ended_at, at))
        if after is not None:
            await close_outage(tx, outage, after, event.monitor, at)


async def on_blocker_ticket_opened(
    tx: Connection, events: Sequence[ReceivedEvent[TicketOpened]]
) -> None:
    """Open the outage of a blocker from `opened_at` on, also one that is entered late (C2)."""
    for received in events:
        # Checked here, before the rules: few tickets are blockers, and thousands come in a second.
        if received.event.priority == "blocker":
            await _open_ticket_outage(tx, received.event, received.event.opened_at)


async def on_blocker_raised(tx: Connection, received: ReceivedEvent[BlockerRaised]) -> None:
    """Open the outage of a ticket that became a blocker."""
    await _open_ticket_outage(tx, received.event, received.at)


async def on_blocker_lifted(tx: Connection, received: ReceivedEvent[BlockerLifted]) -> None:
    """End the outage of a ticket that is no longer an open blocker."""
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
    """End the outage of a reclassified blocker, and open one for what it is now.

    It ends now, as when a blocker is lowered; that there never was an outage takes a correction by
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
    """Open an outage of the environment or service of a blocker incident.

    Not while the ticket has an open outage, of its own or of monitoring.
    """
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


async def _resolve_scope(
    tx: Connection, event: AlertRaised | AlertWorsened | TicketEvent
) -> Scope | None:
    """Return the scope of an event; None where it would reach further than it may.

    That is: without a customer, all customers; without an environment, the whole customer by one
    person's ticket, or by a monitor's label that is no service of the catalogue. Such outages are
    reported by hand, and confirmed by a second person (I5, R1).
    """
    if event.customer_id is None:
        return None
    if event.environment is None and (
        not isinstance(event, AlertRaised | AlertWorsened)
        or event.service is None
        or not await catalogue.has_service(tx, event.service)
    ):
        return None
    environment = (
        await directory.find_environment(tx, event.environment) if event.environment else None
    )
    tier = environment.tier if environment else None
    return Scope(event.customer_id, event.environment, event.service, tier, event.customer)
