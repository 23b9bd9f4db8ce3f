"""Process stored posts of a monitor into episodes of alerts, and into incidents.

However many posts there are, and alerts in them, they are loaded, decided about and stored with the
same few statements; only tickets are opened and noted one by one.
"""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any, Final
from uuid import UUID

from common.domain import Rejection
from common.errors import Problem
from common.http.body import parse_json
from common.persistence.database import Connection, transaction_time
from common.persistence.ids import uuid7
from common.scheduling.deadlines import Deadline, schedule
from common.telemetry import logger
from intake.alerts.alert_scopes import scope_alerts
from intake.alerts.domain.alert import AlertBatch, PostContext
from intake.alerts.domain.alert_ticket import AlertTicket
from intake.alerts.domain.decisions import Decisions
from intake.alerts.domain.formats import read_post
from intake.alerts.domain.json_values import without_byte_order_mark
from intake.alerts.domain.known import Effect, Result
from intake.alerts.domain.scope import ScopedAlert
from intake.alerts.domain.unreadable import unreadable_alert
from intake.alerts.episode_changes import ask_where_all_ended, save_decided
from intake.alerts.known_alerts import load_known
from intake.alerts.shared_keys import separate_customers
from intake.alerts.store import alert_tickets, posts
from intake.alerts.store.posts import StoredPost
from intake.alerts.ticket_changes import note, note_truncated, open_and_raise

log = logger(__name__)

RETRY_KIND = "alert-post"
"""The kind of deadline at which a post is processed that was stored and not processed."""
LARGE_BYTES: Final = 64 * 1024
"""From this size on posts are parsed beside the event loop."""


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


@dataclass(frozen=True, slots=True)
class ReadPost:
    """A post with its alerts; `reason` says why it could not be read, and is one alert itself."""

    stored: StoredPost
    batch: AlertBatch
    reason: str | None


Outcomes = Mapping[UUID, ProcessedPost | Rejection]
"""What became of each post, by its id. A rejection: there is no alert in it."""


async def process(tx: Connection, ids: Collection[UUID]) -> Outcomes:
    """Process stored posts, unless that was done before; those are left out of the answer."""
    stored = [one for one in await posts.lock_posts(tx, ids) if one.outcome == "received"]
    outcomes: dict[UUID, ProcessedPost | Rejection] = {}
    by_monitor = sorted(stored, key=lambda one: (one.monitor, one.id))
    for monitor, of_monitor in groupby(by_monitor, key=lambda one: one.monitor):
        outcomes |= await _process_of_monitor(tx, monitor, list(of_monitor))
    await schedule(tx, [Deadline(RETRY_KIND, one.id, None) for one in stored])
    return outcomes


async def _process_of_monitor(
    tx: Connection, monitor: str, stored: Sequence[StoredPost]
) -> Outcomes:
    is_large = sum(len(one.raw) for one in stored) > LARGE_BYTES
    read = await asyncio.to_thread(_read_all, stored) if is_large else _read_all(stored)
    rejections = {id: one for id, one in read.items() if isinstance(one, Rejection)}
    understood = [one for one in read.values() if isinstance(one, ReadPost)]
    await posts.set_outcomes(
        tx,
        {id: ("unreadable", one.detail) for id, one in rejections.items()}
        | {
            one.stored.id: ("unreadable" if one.reason else "read", one.reason)
            for one in understood
        },
    )
    processed = await _process_alerts(tx, monitor, understood) if understood else {}
    return {**rejections, **processed}


def _read_all(stored: Sequence[StoredPost]) -> dict[UUID, ReadPost | Rejection]:
    return {one.id: _read(one) for one in stored}


def _read(stored: StoredPost) -> ReadPost | Rejection:
    """The alerts of a post. One that cannot be read is an alert itself."""
    body: Any = None
    try:
        # Opsgenie's address says which alert has ended; nothing need be in the body.
        raw = without_byte_order_mark(stored.raw)
        body = parse_json(raw) if raw.strip() or not stored.address else {}
        context = PostContext(stored.id, stored.received_at, stored.address)
        batch = read_post(stored.source, body, context)
    except Problem as problem:
        batch = Rejection("NOT_THIS_FORMAT", problem.detail)
    except Exception as error:
        # A person looks at it now: read again, it would fail again, and page nobody for ever.
        log.exception("alert_posts.not_read", posts=[str(stored.id)])
        batch = Rejection("NOT_THIS_FORMAT", f"OpsDesk cannot read it, report it: {error!r}"[:300])
    if isinstance(batch, AlertBatch):
        return ReadPost(stored, batch, None)
    if batch.code == "NO_ALERTS" or not stored.raw.strip():
        return Rejection("NO_ALERTS", batch.detail)
    unreadable = unreadable_alert(stored.source, stored.raw, body, batch.detail)
    return ReadPost(stored, unreadable, batch.detail)


async def _process_alerts(tx: Connection, monitor: str, read: Sequence[ReadPost]) -> Outcomes:
    await posts.lock_monitor(tx, monitor)
    at = await transaction_time(tx)
    decisions, of_posts = await _decide(tx, monitor, read, at)
    changed = decisions.changed_tickets()
    await open_and_raise(tx, monitor, changed, at)
    opened = {key: one.ticket.id for key, one in decisions.groups.items() if one.ticket}
    await alert_tickets.save_groups(tx, monitor, opened, at)
    for one in read:
        if one.batch.truncated:
            affected = [result.ticket for result in of_posts[one.stored.id] if result.ticket]
            await note_truncated(tx, monitor, affected, one.batch.truncated, at)
    await save_decided(tx, decisions, at)
    await ask_where_all_ended(tx, decisions)
    await note(tx, monitor, changed, at)
    return {
        one.stored.id: ProcessedPost(list(map(_to_result, of_posts[one.stored.id])), one.reason)
        for one in read
    }


async def _decide(
    tx: Connection, monitor: str, read: Sequence[ReadPost], at: datetime
) -> tuple[Decisions, Mapping[UUID, Sequence[Result]]]:
    """Decide about the alerts of all posts, in their order; the results by post."""
    batches = await separate_customers(tx, monitor, [one.batch for one in read])
    known = await load_known(tx, monitor, batches, at)
    decisions = Decisions(known, monitor, uuid7)
    scoped = await scope_alerts(tx, batches, known)
    of_posts: dict[UUID, Sequence[Result]] = {}
    for one, alerts in zip(read, scoped, strict=True):
        of_posts[one.stored.id] = _decide_post(decisions, one, alerts)
    return decisions, of_posts


def _decide_post(
    decisions: Decisions, post: ReadPost, alerts: Sequence[ScopedAlert]
) -> Sequence[Result]:
    first = len(decisions.results)
    decisions.received_at = post.stored.received_at
    for one in alerts:
        decisions.decide(post.batch.source, one)
    return decisions.results[first:]


def _to_result(result: Result) -> AlertResult:
    ticket: AlertTicket | None = result.ticket
    key = ticket.ticket.key if ticket and ticket.ticket else None
    return AlertResult(result.dedup_key, result.effect, key)
