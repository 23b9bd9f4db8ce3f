"""Every query about saved views."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from sqlalchemy import Row, delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from common.persistence.database import Connection
from common.persistence.keyset import page_after
from intake.views.domain import SavedView
from intake.views.tables import saved_views


async def add(tx: Connection, view: SavedView) -> bool:
    """Store a view. False where its owner has one of that name; then nothing changes."""
    new = insert(saved_views).values(**asdict(view))
    return bool((await tx.execute(new.on_conflict_do_nothing())).rowcount)


async def lock(tx: Connection, id: UUID) -> SavedView | None:
    """The view with this id, locked until the transaction ends; None without one."""
    query = select(saved_views).where(saved_views.c.id == id).with_for_update()
    row = (await tx.execute(query)).one_or_none()
    return None if row is None else _view(row)


async def find(tx: Connection, id: UUID) -> SavedView | None:
    """The view with this id; None without one."""
    row = (await tx.execute(select(saved_views).where(saved_views.c.id == id))).one_or_none()
    return None if row is None else _view(row)


async def has_name(tx: Connection, view: SavedView) -> bool:
    """Whether the owner has another view of that name."""
    of_name = (saved_views.c.owner == view.owner) & (saved_views.c.name == view.name)
    return bool(
        await tx.scalar(select(select(1).where(of_name, saved_views.c.id != view.id).exists()))
    )


async def save(tx: Connection, view: SavedView) -> None:
    """Store the change of a locked view."""
    await tx.execute(update(saved_views).where(saved_views.c.id == view.id).values(**asdict(view)))


async def remove(tx: Connection, id: UUID) -> None:
    """Delete a view."""
    await tx.execute(delete(saved_views).where(saved_views.c.id == id))


async def count_of(tx: Connection, owner: str) -> int:
    """How many views somebody has."""
    query = select(func.count()).where(saved_views.c.owner == owner)
    return int(await tx.scalar(query) or 0)


async def page(
    tx: Connection, account: str, after: tuple[UUID] | None, limit: int
) -> Sequence[SavedView]:
    """The account's views and all shared ones after the id `after`, oldest first: `limit` and one more."""
    readable = or_(saved_views.c.owner == account, saved_views.c.shared)
    query = page_after(select(saved_views).where(readable), [saved_views.c.id], after, limit)
    return [_view(row) for row in await tx.execute(query)]


def _view(row: Row[Any]) -> SavedView:
    return SavedView(**row._mapping)
