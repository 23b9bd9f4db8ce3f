"""Process a stored post of a monitor into alerts that are raised or resolved, and into incidents.

Idempotent: an alert of a monitor (`dedup_key`) is raised once and resolved once in each `episode`,
however often it is posted. The alerts of a group share its open ticket.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal
from uuid import UUID

from common.domain import Actor, Rejection
from common.errors import Problem
from common.events.alerts import AlertEvent, AlertRaised, AlertResolved
from common.http.body import parse_json
from common.messaging.outbox import OutboxEvent, publish
from common.persistence.database import Connection, transaction_time
from common.persistence.ids import uuid7
from common.scheduling.deadlines import Deadline, schedule
from intake.alerts import store as alerts
from intake.alerts.domain.alert import Alert, AlertBatch, environment_keys, incident_from_alert
from intake.alerts.domain.formats import FORMATS
from intake.alerts.events import to_event
from intake.alerts.store import Episode, StoredPost
from intake.directory import store as directory
from intake.tickets.commands import open_ticket
from intake.tickets.domain.message import Message
from intake.tickets.domain.new_ticket import TicketScope
from intake.tickets.domain.ticket import Ticket
from intake.tickets.store import messages, tickets

RETRY_KIND = "alert-post"
"""The kind of deadline at which a post is processed that was stored and not processed."""

Effect = Literal["raised", "resolved", "duplicate"]


@dataclass(frozen=True, slots=True)
class AlertResult:
    """The effect of one alert of a post; `ticket` is a key."""

    dedup_key: str
    effect: Effect
    ticket: str | None


async def process(tx: Connection, post_id: UUID) -> list[AlertResult] | Rejection:
    """Process a stored post. A rejection is stored as the post's reason."""
    stored = await alerts.lock_post(tx, post_id)
    batch = _parse(stored)
    await schedule(tx, [Deadline(RETRY_KIND, stored.id, None)])
    if isinstance(batch, Rejection):
        await alerts.set_post_outcome(tx, stored.id, "unreadable", batch.detail)
        return batch
    await alerts.lock_monitor(tx, stored.monitor)
    at = await transaction_time(tx)
    results = [await _process_alert(tx, stored, alert, at) for alert in batch.alerts]
    if batch.truncated:
        keys = {result.ticket for result in results if result.ticket}
        await _note_truncated(tx, stored, keys, batch.truncated, at)
    await alerts.set_post_outcome(tx, stored.id, "read", None)
    return results


def _parse(stored: StoredPost) -> AlertBatch | Rejection:
    try:
        return FORMATS[stored.format](parse_json(stored.raw))
    except Problem as problem:
        return Rejection("MALFORMED", problem.detail)


async def _process_alert(
    tx: Connection, stored: StoredPost, alert: Alert, at: datetime
) -> AlertResult:
    episode = await alerts.find(tx, stored.monitor, alert.dedup_key, alert.episode)
    if alert.status == "firing":
        return (
            await _raise(tx, stored, alert, at)
            if episode is None
            else await _already_known(tx, episode)
        )
    if episode is None:
        # The alert was never raised here: raise it now, so that availability counts the episode.
        episode = await _start_episode(tx, stored, alert, None, at)
    if episode.ended_at is not None:
        return await _already_known(tx, episode)
    await _end_episode(tx, episode, alert.ended_at or stored.received_at, at)
    return AlertResult(episode.dedup_key, "resolved", await _ticket_key(tx, episode.ticket_id))


async def _raise(tx: Connection, stored: StoredPost, alert: Alert, at: datetime) -> AlertResult:
    ticket_id = await alerts.find_open_ticket_of_group(tx, stored.monitor, alert.group_key)
    ticket = None if ticket_id is None else await tickets.lock(tx, str(ticket_id))
    if ticket is None or not ticket.is_open:  # resolved while this waited for the lock
        ticket = await _open_ticket(tx, stored, alert, at)
    await _start_episode(tx, stored, alert, ticket, at)
    return AlertResult(alert.dedup_key, "raised", ticket.key)


async def _open_ticket(tx: Connection, stored: StoredPost, alert: Alert, at: datetime) -> Ticket:
    """Open the incident of an alert. A `service` label that the catalogue does not know is not the
    ticket's service (I5); an internal note names it."""
    scope = await _resolve_scope(tx, alert)
    known = alert.service is None or await directory.service_exists(tx, alert.service)
    named = alert if known else replace(alert, service=None)
    request = incident_from_alert(named, scope, stored.received_at)
    ticket = await open_ticket(tx, request, Actor(stored.monitor), at)
    if not known:
        text = f"{stored.monitor} names the service {alert.service}, which is not in the catalogue."
        await _add_note(tx, stored, ticket, text, at)
    return ticket


async def _resolve_scope(tx: Connection, alert: Alert) -> TicketScope | None:
    """The customer and environment that the labels name, where they are known."""
    customer = await directory.CUSTOMERS.find(tx, alert.customer) if alert.customer else None
    for key in environment_keys(alert):
        environment = await directory.ENVIRONMENTS.find(tx, key)
        if environment and (customer is None or environment.customer_id == customer.id):
            return TicketScope(environment.customer_id, environment.customer, environment)
    return TicketScope(customer.id, customer.key) if customer else None


async def _start_episode(
    tx: Connection, stored: StoredPost, alert: Alert, ticket: Ticket | None, at: datetime
) -> Episode:
    scope = await _resolve_scope(tx, alert)
    environment = scope.environment if scope else None
    episode = Episode(
        id=uuid7(),
        monitor=stored.monitor,
        dedup_key=alert.dedup_key,
        episode=alert.episode,
        group_key=alert.group_key,
        title=alert.title,
        severity=alert.severity,
        service=alert.service,
        customer_id=scope.customer_id if scope else None,
        customer=scope.customer if scope else None,
        environment_id=environment.id if environment else None,
        environment=environment.key if environment else None,
        ticket_id=ticket.id if ticket else None,
        started_at=alert.started_at or stored.received_at,
        ended_at=None,
        sequence=1,
    )
    await alerts.add(tx, episode)
    await _publish(tx, AlertRaised, episode, ticket.key if ticket else None, at)
    return episode


async def _end_episode(tx: Connection, episode: Episode, ended_at: datetime, at: datetime) -> None:
    ended = replace(
        episode, ended_at=max(ended_at, episode.started_at), sequence=episode.sequence + 1
    )
    await alerts.save(tx, ended)
    await _publish(tx, AlertResolved, ended, await _ticket_key(tx, ended.ticket_id), at)


async def _publish(
    tx: Connection, event: type[AlertEvent], episode: Episode, ticket: str | None, at: datetime
) -> None:
    await publish(tx, OutboxEvent(to_event(event, episode, ticket, at), episode.sequence))


async def _already_known(tx: Connection, episode: Episode) -> AlertResult:
    return AlertResult(episode.dedup_key, "duplicate", await _ticket_key(tx, episode.ticket_id))


async def _ticket_key(tx: Connection, ticket_id: UUID | None) -> str | None:
    ticket = await tickets.find(tx, str(ticket_id)) if ticket_id else None
    return ticket.key if ticket else None


async def _note_truncated(
    tx: Connection, stored: StoredPost, keys: set[str], truncated: int, at: datetime
) -> None:
    """Add an internal note about alerts that the monitor left out of its post to the tickets."""
    for ticket in (await tickets.by_keys(tx, keys)).values():
        text = f"{stored.monitor} left {truncated} more alerts of this group out of its message."
        await _add_note(tx, stored, ticket, text, at)


async def _add_note(
    tx: Connection, stored: StoredPost, ticket: Ticket, text: str, at: datetime
) -> None:
    """Add an internal note of the monitor to a ticket."""
    note = Message(
        uuid7(), ticket.id, "internal", "outbound", stored.monitor, text, at, automatic=True
    )
    await messages.add(tx, note)
