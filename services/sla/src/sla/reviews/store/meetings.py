"""What is said about a month: agenda, minutes, remarks on breaches, and what has to be done."""

from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    Column,
    Row,
    Table,
    Uuid,
    bindparam,
    case,
    func,
    insert,
    select,
    text,
    update,
)

from common.persistence.database import Connection
from sla.calendars.domain.month import read_month
from sla.directory.tables import customers
from sla.reviews.domain.action_item import Action
from sla.reviews.domain.meeting import AgendaItem, Minute
from sla.reviews.tables import breach_remarks, review_actions, review_agenda, review_minutes


async def add_item(tx: Connection, review_id: UUID, title: str, by: str, at: datetime) -> int:
    """The number of the new item. Lock the review first."""
    row = {"review_id": review_id, "title": title, "by": by, "at": at}
    return await _append(tx, review_agenda, review_agenda.c.review_id, review_id, row)


async def add_minute(tx: Connection, review_id: UUID, said: str, by: str, at: datetime) -> int:
    """The number of the new minute. Lock the review first."""
    row = {"review_id": review_id, "text": said, "by": by, "at": at}
    return await _append(tx, review_minutes, review_minutes.c.review_id, review_id, row)


async def add_remark(tx: Connection, clock_id: UUID, said: str, by: str, at: datetime) -> int:
    """Lock the clock's review first."""
    row = {"clock_id": clock_id, "text": said, "by": by, "at": at}
    return await _append(tx, breach_remarks, breach_remarks.c.clock_id, clock_id, row)


async def _append(
    tx: Connection, table: Table, column: Column[Any], id: UUID, row: dict[str, Any]
) -> int:
    last = await tx.scalar(select(func.coalesce(func.max(table.c.number), 0)).where(column == id))
    number = int(last or 0) + 1
    await tx.execute(insert(table).values(row | {"number": number}))
    return number


async def agenda(tx: Connection, review_id: UUID) -> tuple[AgendaItem, ...]:
    listed = select(review_agenda).where(review_agenda.c.review_id == review_id)
    rows = await tx.execute(listed.order_by(review_agenda.c.number))
    return tuple(AgendaItem(row.number, row.title, row.by, row.at) for row in rows)


async def minutes(tx: Connection, review_id: UUID) -> tuple[Minute, ...]:
    listed = select(review_minutes).where(review_minutes.c.review_id == review_id)
    rows = await tx.execute(listed.order_by(review_minutes.c.number))
    return tuple(Minute(row.number, row.text, row.by, row.at) for row in rows)


async def remarks(tx: Connection, clock_ids: Collection[UUID]) -> dict[UUID, str]:
    """The last word on each of these clocks' breaches."""
    mine = select(breach_remarks).where(breach_remarks.c.clock_id.in_(clock_ids))
    rows = await tx.execute(mine.order_by(breach_remarks.c.clock_id, breach_remarks.c.number))
    return {row.clock_id: row.text for row in rows}


async def next_action_key(tx: Connection) -> str:
    """What people call the next action: `RA-17`."""
    number = await tx.scalar(text("SELECT nextval('review_action_numbers')"))
    return f"RA-{number}"


_LOCK = text(
    "SELECT id FROM review_actions WHERE id = ANY(:ids) ORDER BY id FOR UPDATE SKIP LOCKED"
).bindparams(bindparam("ids", type_=ARRAY(Uuid)))


async def lock_actions(tx: Connection, ids: Sequence[UUID]) -> set[UUID]:
    """Those that nobody else holds. One that does not exist counts as locked."""
    locked = set(await tx.scalars(_LOCK, {"ids": list(ids)}))
    known = select(review_actions.c.id).where(review_actions.c.id.in_(ids))
    return locked | (set(ids) - set(await tx.scalars(known)))


async def add_action(tx: Connection, action: Action) -> None:
    await tx.execute(insert(review_actions).values(**_row(action), sequence=1))


async def save_action(tx: Connection, action: Action) -> int:
    """Store an action that is locked; its new sequence."""
    mine = update(review_actions).where(review_actions.c.id == action.id)
    saved = mine.values(**_row(action), sequence=review_actions.c.sequence + 1)
    return int((await tx.execute(saved.returning(review_actions.c.sequence))).scalar_one())


async def find_action(
    tx: Connection, id_or_key: UUID | str, *, lock: bool = False
) -> tuple[Action, int] | None:
    """The action and its sequence."""
    column = review_actions.c.id if isinstance(id_or_key, UUID) else review_actions.c.key
    found = select(review_actions).where(column == id_or_key)
    row = (await tx.execute(found.with_for_update() if lock else found)).one_or_none()
    return (_action(row), row.sequence) if row else None


async def actions_of(tx: Connection, customer_id: UUID, month: str) -> tuple[Action, ...]:
    """Of the month's review and of all before it."""
    mine = (review_actions.c.customer_id == customer_id) & (review_actions.c.month <= month)
    rows = await tx.execute(select(review_actions).where(mine))
    return tuple(_action(row) for row in rows)


async def actions_page(
    tx: Connection,
    owner: str | None,
    customer: str | None,
    unfinished: bool,
    limit: int,
    after: tuple[date, UUID] | None,
) -> list[tuple[Action, int]]:
    """Up to `limit` + 1 actions with their sequences, the one due first first."""
    listed = select(review_actions).order_by(review_actions.c.due, review_actions.c.id)
    if unfinished:
        listed = listed.where(review_actions.c.state != "verified")
    if owner is not None:
        listed = listed.where(review_actions.c.owner == owner)
    if customer is not None:
        known = select(customers.c.id).where(customers.c.key == customer).scalar_subquery()
        listed = listed.where(review_actions.c.customer_id == known)
    if after is not None:
        same = (review_actions.c.due == after[0]) & (review_actions.c.id > after[1])
        listed = listed.where((review_actions.c.due > after[0]) | same)
    return [(_action(row), row.sequence) for row in await tx.execute(listed.limit(limit + 1))]


async def waiting(tx: Connection, today: date) -> dict[UUID, tuple[int, int]]:
    """By customer, how many actions are not verified, and how many of those are overdue."""
    overdue = func.count(case((review_actions.c.due < today, 1)))
    counted = (
        select(review_actions.c.customer_id, func.count().label("open"), overdue.label("overdue"))
        .where(review_actions.c.state != "verified")
        .group_by(review_actions.c.customer_id)
    )
    return {row.customer_id: (row.open, row.overdue) for row in await tx.execute(counted)}


def _row(action: Action) -> dict[str, Any]:
    return asdict(action) | {"month": str(action.month)}


def _action(row: Row[Any]) -> Action:
    told = {name: getattr(row, name) for name in Action.__dataclass_fields__}
    return Action(**told | {"month": read_month(row.month)})
