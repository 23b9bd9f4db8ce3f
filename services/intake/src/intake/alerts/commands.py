"""Process a stored post of a monitor into episodes of alerts, and into incidents.

However many alerts a post has, they are loaded, decided about and stored with the same few
statements; only tickets are opened and noted one by one.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from common.domain import Rejection
from common.errors import Problem
from common.http.body import parse_json
from common.persistence.database import Connection, transaction_time
from common.persistence.ids import uuid7
from common.scheduling.deadlines import Deadline, schedule
from intake.alerts.alert_scopes import scope_alerts
from intake.alerts.domain.alert import AlertBatch, PostContext
from intake.alerts.domain.alert_ticket import AlertTicket
from intake.alerts.domain.decisions import Decisions, Effect
from intake.alerts.domain.formats import read_post
from intake.alerts.domain.unreadable import unreadable_alert
from intake.alerts.episode_changes import ask_where_all_ended, save_decided
from intake.alerts.known_alerts import load_known
from intake.alerts.store import alert_tickets, posts
from intake.alerts.store.posts import StoredPost
from intake.alerts.ticket_changes import note, note_truncated, open_and_raise

RETRY_KIND = "alert-post"
"""The kind of deadline at which a post is processed that was stored and not processed."""
LARGE_BYTES: Final = 64 * 1024
"""From this size on a post is parsed beside the event loop."""


@dataclass(frozen=True, slots=True)
class AlertResult:
    """The effect of one alert of a post; `ticket` is a key."""

    dedup_key: str
    effect: Effect
    ticket: str | None


@dataclass(frozen=True, slots=True)
class ProcessedPost:
    """A processed post; `reason` says why it could not be read, and became a ticket as it is."""

    results: list[AlertResult]
    reason: str | None = None


async def process(tx: Connection, post_id: UUID) -> ProcessedPost | Rejection:
    """Process a stored post. A rejection (there is no alert in it) is stored as the post's reason."""
    stored = await posts.lock_post(tx, post_id)
    is_large = len(stored.raw) > LARGE_BYTES
    batch, reason = await asyncio.to_thread(_read, stored) if is_large else _read(stored)
    await schedule(tx, [Deadline(RETRY_KIND, stored.id, None)])
    if isinstance(batch, Rejection):
        await posts.set_post_outcome(tx, stored.id, "unreadable", batch.detail)
        return batch
    await posts.lock_monitor(tx, stored.monitor)
    results = await _process_batch(tx, stored, batch)
    await posts.set_post_outcome(tx, stored.id, "unreadable" if reason else "read", reason)
    return ProcessedPost(results, reason)


def _read(stored: StoredPost) -> tuple[AlertBatch | Rejection, str | None]:
    """The alerts of a post. One that cannot be read is an alert itself, with the reason."""
    body: Any = None
    try:
        body = parse_json(stored.raw)
        context = PostContext(stored.id, stored.received_at, stored.address)
        batch = read_post(stored.source, body, context)
    except Problem as problem:
        batch = Rejection("NOT_THIS_FORMAT", problem.detail)
    if isinstance(batch, AlertBatch):
        return batch, None
    if batch.code == "NO_ALERTS" or not stored.raw.strip():
        return Rejection("NO_ALERTS", batch.detail), None
    return unreadable_alert(stored.source, stored.raw, body, batch.detail), batch.detail


async def _process_batch(
    tx: Connection, stored: StoredPost, batch: AlertBatch
) -> list[AlertResult]:
    at = await transaction_time(tx)
    decisions = await _decide(tx, stored, batch, at)
    changed = decisions.changed_tickets()
    await open_and_raise(tx, stored, changed, at)
    await alert_tickets.save_groups(
        tx,
        stored.monitor,
        {key: one.ticket.id for key, one in decisions.groups.items() if one.ticket},
        at,
    )
    if batch.truncated:
        await note_truncated(tx, stored.monitor, changed, batch.truncated, at)
    await save_decided(tx, decisions, at)
    await ask_where_all_ended(tx, decisions)
    await note(tx, stored.monitor, changed, at)
    return [AlertResult(one.dedup_key, one.effect, _key(one.ticket)) for one in decisions.results]


async def _decide(tx: Connection, stored: StoredPost, batch: AlertBatch, at: datetime) -> Decisions:
    known = await load_known(tx, stored.monitor, batch, at)
    decisions = Decisions(known, stored.monitor, stored.received_at, uuid7)
    for one in await scope_alerts(tx, batch, known):
        decisions.decide(batch.source, one.alert, one.scope, is_service_known=one.is_service_known)
    return decisions


def _key(ticket: AlertTicket | None) -> str | None:
    return ticket.ticket.key if ticket and ticket.ticket else None
