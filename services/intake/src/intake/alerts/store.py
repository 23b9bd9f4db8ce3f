"""Every query about posts of monitors and the episodes of alerts."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final, Literal
from uuid import UUID

from sqlalchemy import Select, insert, select, text, update

from common.persistence.database import Connection
from common.scheduling.aggregate_locks import lock_available as lock_rows
from common.scheduling.aggregate_locks import select_existing
from intake.alerts.tables import alert_posts, alerts
from intake.directory.tables import customers, environments
from intake.tickets.domain.ticket import OPEN_STATES
from intake.tickets.tables import tickets

Outcome = Literal["received", "read", "unreadable"]


@dataclass(frozen=True, slots=True)
class StoredPost:
    """A post as it came, committed; `monitor` is the `sub` of the monitor.

    Its outcome is `received` until it is processed.
    """

    id: UUID
    format: str
    monitor: str
    raw: bytes
    received_at: datetime
    outcome: Outcome = "received"
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Episode:
    """One period in which an alert fires, from its start to its end.

    `ended_at` is None while it lasts. `sequence` is the one of the last event about it.
    """

    id: UUID
    monitor: str
    dedup_key: str
    episode: str
    group_key: str
    title: str
    severity: str | None
    service: str | None
    customer_id: UUID | None
    customer: str | None
    environment_id: UUID | None
    environment: str | None
    ticket_id: UUID | None
    started_at: datetime
    ended_at: datetime | None
    sequence: int


_NOT_COLUMNS: Final = ("customer", "environment")
_JOINED: Final[Select[Any]] = select(
    alerts, customers.c.key.label("customer"), environments.c.key.label("environment")
).select_from(
    alerts.outerjoin(customers, customers.c.id == alerts.c.customer_id).outerjoin(
        environments, environments.c.id == alerts.c.environment_id
    )
)


async def add_post(tx: Connection, post: StoredPost) -> None:
    """Store a post."""
    await tx.execute(insert(alert_posts).values(asdict(post)))


async def lock_post(tx: Connection, id: UUID) -> StoredPost:
    """The post, locked until the transaction ends."""
    query = select(alert_posts).where(alert_posts.c.id == id).with_for_update()
    return StoredPost(**(await tx.execute(query)).one()._mapping)


async def lock_available(tx: Connection, ids: Sequence[UUID]) -> set[UUID]:
    """Lock those of the posts that no other transaction has locked. One that is gone counts as locked."""
    return await lock_rows(tx, alert_posts.c.id, ids)


async def list_existing(tx: Connection, ids: Collection[UUID]) -> set[UUID]:
    """Those of these ids that a post has."""
    return await select_existing(tx, alert_posts.c.id, ids)


async def set_post_outcome(tx: Connection, id: UUID, outcome: Outcome, reason: str | None) -> None:
    """Store the outcome of a processed post."""
    changed = update(alert_posts).where(alert_posts.c.id == id)
    await tx.execute(changed.values(outcome=outcome, reason=reason))


async def lock_monitor(tx: Connection, monitor: str) -> None:
    """Process one post of a monitor at a time; otherwise a group could open two tickets."""
    lock = text("SELECT pg_advisory_xact_lock(hashtextextended(:monitor, 1))")
    await tx.execute(lock, {"monitor": monitor})


async def find(tx: Connection, monitor: str, dedup_key: str, episode: str) -> Episode | None:
    """The episode of an alert; None if it was never raised."""
    same = (
        (alerts.c.monitor == monitor)
        & (alerts.c.dedup_key == dedup_key)
        & (alerts.c.episode == episode)
    )
    row = (await tx.execute(_JOINED.where(same))).one_or_none()
    return None if row is None else Episode(**row._mapping)


async def find_open_ticket_of_group(tx: Connection, monitor: str, group_key: str) -> UUID | None:
    """The newest open ticket with a firing alert of this group."""
    query = (
        select(tickets.c.id)
        .join(alerts, alerts.c.ticket_id == tickets.c.id)
        .where(alerts.c.monitor == monitor, alerts.c.group_key == group_key)
        .where(alerts.c.ended_at.is_(None), tickets.c.state.in_(sorted(OPEN_STATES)))
        .order_by(tickets.c.id.desc())
        .limit(1)
    )
    ticket_id: UUID | None = await tx.scalar(query)
    return ticket_id


async def add(tx: Connection, episode: Episode) -> None:
    """Store a new episode."""
    await tx.execute(insert(alerts).values(_row(episode)))


async def save(tx: Connection, episode: Episode) -> None:
    """Store the change of an episode."""
    await tx.execute(update(alerts).where(alerts.c.id == episode.id).values(_row(episode)))


def _row(episode: Episode) -> dict[str, Any]:
    return {name: value for name, value in asdict(episode).items() if name not in _NOT_COLUMNS}
