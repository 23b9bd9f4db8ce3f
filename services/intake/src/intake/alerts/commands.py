"""A kept post of a monitor becomes alerts raised and ended, and incidents.

Idempotent: one monitor's alert (`dedup_key`) of one `episode` is raised once and ended once,
however often it is posted. Alerts of one group share the ticket that is open for it.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal
from uuid import UUID

from common.errors import Problem
from common.events.tickets import AlertEnded, AlertEvent, AlertRaised
from common.http.body import read_json
from common.messaging.outbox import Announcement, announce
from common.persistence.database import Connection, moment
from common.persistence.ids import uuid7
from common.scheduling.deadlines import Deadline, arm
from intake.alerts import store as alerts
from intake.alerts.domain.alert import Alert, Post, environment_keys, reported
from intake.alerts.domain.formats import FORMATS
from intake.alerts.store import Episode, KeptPost
from intake.directory import store as directory
from intake.directory.domain.environment import Environment
from intake.tickets.commands import By, record_new
from intake.tickets.domain.message import Message
from intake.tickets.domain.new_ticket import opened
from intake.tickets.domain.rejection import Refusal
from intake.tickets.domain.ticket import Ticket
from intake.tickets.store import messages, tickets

UNREAD = "alert-post"
"""The deadline of a post that nobody has understood yet."""

Effect = Literal["raised", "ended", "known"]


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one alert of a post; `ticket` is a key."""

    dedup_key: str
    effect: Effect
    ticket: str | None


async def understand(tx: Connection, post_id: UUID) -> list[Taken] | Refusal:
    """Let a kept post take effect. What it cannot be read for is kept beside it."""
    kept = await alerts.lock_post(tx, post_id)
    post = _read(kept)
    await arm(tx, [Deadline(UNREAD, kept.id, None)])
    if isinstance(post, Refusal):
        await alerts.settle_post(tx, kept.id, "unreadable", post.detail)
        return post
    await alerts.lock_monitor(tx, kept.monitor)
    at = await moment(tx)
    taken = [await _take(tx, kept, alert, at) for alert in post.alerts]
    if post.unseen:
        await _note_unseen(tx, kept, {one.ticket for one in taken if one.ticket}, post.unseen, at)
    await alerts.settle_post(tx, kept.id, "read", None)
    return taken


def _read(kept: KeptPost) -> Post | Refusal:
    try:
        return FORMATS[kept.format](read_json(kept.raw))
    except Problem as problem:
        return Refusal("malformed", problem.detail)


async def _take(tx: Connection, kept: KeptPost, alert: Alert, at: datetime) -> Taken:
    found = await alerts.find(tx, kept.monitor, alert.dedup_key, alert.episode)
    if alert.status == "firing":
        return await _raise(tx, kept, alert, at) if found is None else await _known(tx, found)
    if found is None:
        # Its beginning never came: told now, with its end, so that availability is right.
        found = await _begin(tx, kept, alert, None, at)
    if found.ended_at is not None:
        return await _known(tx, found)
    await _end(tx, found, alert.ended_at or kept.received_at, at)
    return Taken(found.dedup_key, "ended", await _key(tx, found.ticket_id))


async def _raise(tx: Connection, kept: KeptPost, alert: Alert, at: datetime) -> Taken:
    home = await alerts.open_ticket_of_group(tx, kept.monitor, alert.group_key)
    ticket = None if home is None else await tickets.lock(tx, str(home))
    if ticket is None or not ticket.is_open:  # it may have been resolved while we waited
        ticket = await _open(tx, kept, alert, at)
    await _begin(tx, kept, alert, ticket, at)
    return Taken(alert.dedup_key, "raised", ticket.key)


async def _open(tx: Connection, kept: KeptPost, alert: Alert, at: datetime) -> Ticket:
    customer, environment = await _place(tx, alert)
    number = await tickets.next_number(tx)
    ticket = opened(
        reported(alert), uuid7(), number, kept.monitor, kept.received_at, customer, environment
    )
    return await record_new(tx, ticket, None, By(kept.monitor), at)


async def _place(
    tx: Connection, alert: Alert
) -> tuple[tuple[UUID, str] | None, Environment | None]:
    """The customer and environment that the labels name, as far as they are known here."""
    customer = await directory.CUSTOMERS.find(tx, alert.customer) if alert.customer else None
    for key in environment_keys(alert):
        found = await directory.ENVIRONMENTS.find(tx, key)
        if found and (customer is None or found.customer_id == customer.id):
            return (found.customer_id, found.customer), found
    return ((customer.id, customer.key) if customer else None), None


async def _begin(
    tx: Connection, kept: KeptPost, alert: Alert, ticket: Ticket | None, at: datetime
) -> Episode:
    customer, environment = await _place(tx, alert)
    begun = Episode(
        id=uuid7(),
        monitor=kept.monitor,
        dedup_key=alert.dedup_key,
        episode=alert.episode,
        group_key=alert.group_key,
        title=alert.title,
        severity=alert.severity,
        service=alert.service,
        customer_id=customer[0] if customer else None,
        customer=customer[1] if customer else None,
        environment_id=environment.id if environment else None,
        environment=environment.key if environment else None,
        ticket_id=ticket.id if ticket else None,
        started_at=alert.started_at or kept.received_at,
        ended_at=None,
        sequence=1,
    )
    await alerts.add(tx, begun)
    key = ticket.key if ticket else None
    await announce(tx, Announcement(_told(AlertRaised, begun, key, at), begun.sequence))
    return begun


async def _end(tx: Connection, found: Episode, ended_at: datetime, at: datetime) -> None:
    ended = replace(found, ended_at=max(ended_at, found.started_at), sequence=found.sequence + 1)
    await alerts.keep(tx, ended)
    key = await _key(tx, ended.ticket_id)
    await announce(tx, Announcement(_told(AlertEnded, ended, key, at), ended.sequence))


def _told(
    event: type[AlertEvent], episode: Episode, ticket: str | None, at: datetime
) -> AlertEvent:
    more = {"ended_at": episode.ended_at} if event is AlertEnded else {}
    return event.model_validate(
        {
            "at": at,
            "alert_id": episode.id,
            "ticket_id": episode.ticket_id,
            "ticket": ticket,
            "monitor": episode.monitor,
            "dedup_key": episode.dedup_key,
            "customer_id": episode.customer_id,
            "customer": episode.customer,
            "environment_id": episode.environment_id,
            "environment": episode.environment,
            "service": episode.service,
            "severity": episode.severity,
            "started_at": episode.started_at,
            **more,
        }
    )


async def _known(tx: Connection, found: Episode) -> Taken:
    return Taken(found.dedup_key, "known", await _key(tx, found.ticket_id))


async def _key(tx: Connection, ticket_id: UUID | None) -> str | None:
    ticket = await tickets.find(tx, str(ticket_id)) if ticket_id else None
    return ticket.key if ticket else None


async def _note_unseen(
    tx: Connection, kept: KeptPost, keys: set[str], unseen: int, at: datetime
) -> None:
    """Alerts that the monitor left out are said on the tickets, never passed over."""
    for ticket in (await tickets.by_keys(tx, keys)).values():
        text = f"{kept.monitor} left {unseen} more alerts of this group out of its message."
        note = Message(
            uuid7(), ticket.id, "internal", "outbound", kept.monitor, text, at, automatic=True
        )
        await messages.add(tx, note)
