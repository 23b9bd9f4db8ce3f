"""Every query about posts of monitors."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import datetime
from typing import Any, Final, Literal
from uuid import UUID

from sqlalchemy import ARRAY, Select, Uuid, any_, bindparam, func, select, text

from common.persistence.bulk import execute_many, insert_sql, update_sql
from common.persistence.database import Connection
from common.persistence.keyset import page_after
from common.scheduling.aggregate_locks import lock_available as lock_rows
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


_INSERT: Final = insert_sql(
    "alert_posts",
    {
        "id": "uuid",
        "source": "text",
        "address": "text",
        "monitor": "text",
        "raw": "bytea",
        "received_at": "timestamptz",
        "outcome": "text",
        "reason": "text",
    },
)
_SET_OUTCOME: Final = update_sql("alert_posts", {"id": "uuid", "outcome": "text", "reason": "text"})


async def add_posts(tx: Connection, stored: Sequence[StoredPost]) -> None:
    """Store posts."""
    await execute_many(tx, _INSERT, [astuple(one) for one in stored])


async def lock_posts(tx: Connection, ids: Collection[UUID]) -> list[StoredPost]:
    """The posts, locked until the transaction ends, in the order of their ids."""
    given = bindparam("ids", list(ids), type_=ARRAY(Uuid))
    query = select(alert_posts).where(alert_posts.c.id == any_(given))
    rows = await tx.execute(query.order_by(alert_posts.c.id).with_for_update())
    return [StoredPost(**row._mapping) for row in rows]


async def lock_available(tx: Connection, ids: Sequence[UUID]) -> set[UUID]:
    """Lock those of the posts that no other transaction has locked. One that is gone counts as locked."""
    return await lock_rows(tx, alert_posts.c.id, ids)


async def set_outcomes(tx: Connection, outcomes: Mapping[UUID, tuple[Outcome, str | None]]) -> None:
    """Store the outcome and reason of processed posts."""
    await execute_many(tx, _SET_OUTCOME, [(id, *one) for id, one in outcomes.items()])


async def find_post(tx: Connection, id: UUID, raw_bytes: int) -> StoredPost | None:
    """The post with this id, with the first `raw_bytes` of what came; None without one."""
    row = (await tx.execute(_beginning(raw_bytes).where(alert_posts.c.id == id))).one_or_none()
    return None if row is None else StoredPost(**row._mapping)


async def list_by_outcome(
    tx: Connection, outcome: Outcome, raw_bytes: int, after: tuple[UUID] | None, limit: int
) -> Sequence[StoredPost]:
    """Posts with this outcome, newest first, behind the id `after`: `limit` and one more.

    Of what came, the first `raw_bytes`: a page of whole posts could be 3 GiB.
    """
    query = _beginning(raw_bytes).where(alert_posts.c.outcome == outcome)
    rows = await tx.execute(page_after(query, [alert_posts.c.id.desc()], after, limit))
    return [StoredPost(**row._mapping) for row in rows]


def _beginning(raw_bytes: int) -> Select[Any]:
    """A query for posts with the first bytes of what came, cut by the database."""
    others = [column for column in alert_posts.c if column.name != "raw"]
    return select(*others, func.substr(alert_posts.c.raw, 1, raw_bytes).label("raw"))


async def lock_monitor(tx: Connection, monitor: str) -> None:
    """Process one post of a monitor at a time; otherwise a group could open two tickets."""
    lock = text("SELECT pg_advisory_xact_lock(hashtextextended(:monitor, 1))")
    await tx.execute(lock, {"monitor": monitor})
