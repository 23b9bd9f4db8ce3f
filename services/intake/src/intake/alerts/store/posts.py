"""Every query about posts of monitors."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import insert, select, text, update

from common.persistence.database import Connection
from common.persistence.keyset import page_after
from common.scheduling.aggregate_locks import lock_available as lock_rows
from common.scheduling.aggregate_locks import select_existing
from intake.alerts.tables import alert_posts

Outcome = Literal["received", "read", "unreadable"]


@dataclass(frozen=True, slots=True)
class StoredPost:
    """A post as it came, committed; `monitor` is the `sub` of the monitor.

    `source` and `address` are the path behind `/v1/alerts/`. Its outcome is `received` until it is
    processed.
    """

    id: UUID
    source: str
    address: str
    monitor: str
    raw: bytes
    received_at: datetime
    outcome: Outcome = "received"
    reason: str | None = None


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


async def find_post(tx: Connection, id: UUID) -> StoredPost | None:
    """The post with this id; None without one."""
    row = (await tx.execute(select(alert_posts).where(alert_posts.c.id == id))).one_or_none()
    return None if row is None else StoredPost(**row._mapping)


async def list_by_outcome(
    tx: Connection, outcome: Outcome, after: tuple[UUID] | None, limit: int
) -> Sequence[StoredPost]:
    """Posts with this outcome, newest first, behind the id `after`: `limit` and one more."""
    query = select(alert_posts).where(alert_posts.c.outcome == outcome)
    rows = await tx.execute(page_after(query, [alert_posts.c.id.desc()], after, limit))
    return [StoredPost(**row._mapping) for row in rows]


async def lock_monitor(tx: Connection, monitor: str) -> None:
    """Process one post of a monitor at a time; otherwise a group could open two tickets."""
    lock = text("SELECT pg_advisory_xact_lock(hashtextextended(:monitor, 1))")
    await tx.execute(lock, {"monitor": monitor})
