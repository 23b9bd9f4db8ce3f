"""Kafka in: alerts and blocker tickets that count as outages by the stored rules."""

from collections.abc import Sequence
from datetime import datetime

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
from sla.outages.commands import (
    Closing,
    OutageReport,
    close_outage,
    close_outages,
    open_outage,
    open_outages,
    supersede_outage,
)
from sla.outages.domain.outage import mark_ended
from sla.outages.signals import Signals
from sla.outages.store import open_outages as now_open
from sla.outages.store import outages

SYSTEM = "opsdesk"
"""The actor where no person acted."""
CLOSED_STATES = frozenset({"resolved", "verified", "closed", "merged"})
"""States of tickets that no longer report an outage."""


async def on_alerts_raised(tx: Connection, events: Sequence[ReceivedEvent[AlertRaised]]) -> None:
    """Open the outages of alerts that count; they replace those opened by their tickets.

    All at once: a storm has thousands of them, and nobody else's promises wait for it.
    """
    signals = Signals(tx)
    reports = [
        report
        for received in events
        if (report := await _report_of(signals, received.event, received.event.started_at))
    ]
    await _open_alert_outages(tx, reports)


async def on_alert_worsened(tx: Connection, received: ReceivedEvent[AlertWorsened]) -> None:
    """Open the outage of an alert that counts only since it became worse: it lasts from now on.

    An open outage of the alert goes on, unless it has another effect now.
    """
    event = received.event
    report = await _report_of(Signals(tx), event, event.at)
    effect = report and report.effect
    for outage in await outages.lock_of_sources(tx, "monitoring", [event.alert_id]):
        if outage.ended_at is not None or not outage.counts:
            continue
        if effect in (None, outage.effect):
            return
        at = await transaction_time(tx)
        after = mark_ended(outage, min(event.at, at))
        if after is not None:
            await close_outage(tx, outage, after, event.monitor, at, "it became worse")
    await _open_alert_outages(tx, [report] if report else [])


async def _report_of(
    signals: Signals, event: AlertRaised | AlertWorsened, started_at: datetime
) -> OutageReport | None:
    """What an alert reports as down; None where it counts as no outage."""
    scope = await signals.scope_of(event)
    effect = None if scope is None else await signals.effect_of_alert(event, scope)
    if scope is None or effect is None:
        return None
    return OutageReport(
        scope, "monitoring", event.alert_id, event.ticket_id, effect, started_at, event.monitor
    )


async def _open_alert_outages(tx: Connection, reports: Sequence[OutageReport]) -> None:
    if not reports:
        return
    ids = sorted({one.ticket_id for one in reports if one.ticket_id is not None})
    of_tickets = await outages.lock_open_of_tickets(tx, ids)
    at = await transaction_time(tx)
    opened = await open_outages(tx, reports, at)
    first = {one.ticket_id: one for one in reversed(opened)}
    monitors = {one.ticket_id: one.actor for one in reversed(reports)}
    for outage in of_tickets:
        monitor = monitors[outage.ticket_id]
        await supersede_outage(tx, outage, first[outage.ticket_id], monitor, at)


async def on_alerts_resolved(
    tx: Connection, events: Sequence[ReceivedEvent[AlertResolved]]
) -> None:
    """End the outages of alerts, of those that counted as one."""
    by_alert = {received.event.alert_id: received.event for received in events}
    found = await outages.lock_of_sources(tx, "monitoring", list(by_alert))
    if not found:
        return
    at = await transaction_time(tx)
    closings = []
    for outage in found:
        assert outage.source_id is not None, "found by it"
        event = by_alert[outage.source_id]
        # The clock of the monitor may be ahead: an outage never ends in the future.
        after = mark_ended(outage, min(event.ended_at, at))
        if after is not None:
            closings.append(Closing(outage, after, event.monitor))
    await close_outages(tx, closings, at)


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
    for outage in await outages.lock_of_sources(tx, "ticket", [event.ticket_id]):
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
    for outage in await outages.lock_of_sources(tx, "ticket", [event.ticket_id]):
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
    signals = Signals(tx)
    scope = await signals.scope_of(event)
    if event.kind != "incident" or scope is None:
        return
    effect = await signals.effect_of_ticket(event, scope)
    if effect is None or await now_open.has_open_of_ticket(tx, event.ticket_id):
        return
    report = OutageReport(
        scope, "ticket", event.ticket_id, event.ticket_id, effect, started_at, event.by or SYSTEM
    )
    await open_outage(tx, report, await transaction_time(tx))
