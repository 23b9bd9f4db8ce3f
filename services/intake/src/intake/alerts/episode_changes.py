"""Store episodes, publish their events, and schedule the ends that count after quiet."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final
from uuid import UUID

from common.events.alerts import AlertEvent, AlertRaised, AlertResolved, AlertWorsened
from common.messaging.outbox import OutboxEvent, publish
from common.persistence.database import Connection
from common.scheduling.deadlines import Deadline, schedule
from intake.alerts.domain.decisions import Decisions
from intake.alerts.domain.episode import FLAPPING_QUIET, MONITOR_QUIET, Episode
from intake.alerts.domain.known import Change
from intake.alerts.events import to_event
from intake.alerts.store import episodes

END_KIND: Final = "alert-end"
"""The kind of deadline at which an episode ends whose alert has been quiet."""
ALL_ENDED: Final = "All alerts of this ticket have ended. If the cause is gone, resolve it; a second person verifies."
_EVENTS: Final[dict[Change, type[AlertEvent]]] = {
    "raised": AlertRaised,
    "worsened": AlertWorsened,
    "resolved": AlertResolved,
}


async def save_decided(tx: Connection, decisions: Decisions, at: datetime) -> None:
    """Store the episodes of a post with their tickets, publish what changed, and schedule quiet ends."""
    keys = {
        one.ticket.id: one.ticket.key
        for one in decisions.known.tickets.values()
        if one.ticket is not None
    } | {one.ticket.id: one.ticket.key for one in decisions.owners.values() if one.ticket}

    def with_ticket(episode: Episode) -> Episode:
        return replace(episode, ticket_id=decisions.ticket_id_of(episode))

    stored = [with_ticket(one) for one in decisions.episodes.values()]
    await episodes.save(tx, stored)
    changes = [(change, with_ticket(one)) for change, one in decisions.changes]
    await publish_changes(tx, changes, keys, at)
    await schedule(tx, [_deadline(one, at) for one in stored if _may_have_deadline(one)])


async def publish_changes(
    tx: Connection,
    changes: Sequence[tuple[Change, Episode]],
    ticket_keys: dict[UUID, str],
    at: datetime,
) -> None:
    """Publish the changes of episodes, in order; `ticket_keys` by ticket id."""
    events = [
        OutboxEvent(
            to_event(
                _EVENTS[change],
                one,
                ticket_keys.get(one.ticket_id) if one.ticket_id else None,
                at,
            ),
            one.sequence,
        )
        for change, one in changes
    ]
    await publish(tx, *events)


def _may_have_deadline(episode: Episode) -> bool:
    """Whether quiet ends this episode, or would have until it fired again."""
    return episode.needs_quiet or episode.end_reported_at is not None or episode.times > 1


def _deadline(episode: Episode, at: datetime) -> Deadline:
    """When an episode ends if nothing more is heard of its alert; none where only its monitor ends it."""
    if not episode.is_open:
        return Deadline(END_KIND, episode.id, None)
    if episode.end_reported_at is not None:
        return Deadline(END_KIND, episode.id, at + FLAPPING_QUIET)
    return Deadline(END_KIND, episode.id, at + MONITOR_QUIET if episode.needs_quiet else None)


async def ask_where_all_ended(tx: Connection, decisions: Decisions) -> None:
    """Ask on each open ticket whose alerts have all ended whether it is resolved."""
    ended = {
        id
        for change, one in decisions.changes
        if change == "resolved" and (id := decisions.ticket_id_of(one))
    }
    if not ended:
        return
    quiet = await episodes.tickets_without_firing(tx, ended)
    for one in decisions.changed_tickets():
        if one.ticket and one.ticket.id in quiet and one.ticket.is_open:
            one.lines.append(ALL_ENDED)
