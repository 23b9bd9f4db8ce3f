"""The meetings of reviews: agenda, minutes, comments on breaches, action items."""

from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Column,
    Row,
    Table,
    case,
    func,
    insert,
    select,
    update,
)

from common.persistence.database import Connection
from common.persistence.keys import next_key
from common.persistence.keyset import page_after
from common.scheduling.aggregate_locks import lock_available as lock_rows
from sla.calendars.domain.month import parse_month
from sla.directory.tables import customers
from sla.reviews.domain.action_item import ActionItem
from sla.reviews.domain.meeting import AgendaItem, Minute
from sla.reviews.tables import action_items, breach_comments, review_agenda, review_minutes


async def add_agenda_item(
    tx: Connection, review_id: UUID, title: str, actor: str, at: datetime
) -> int:
    """Append an item to the agenda; its number. Lock the review first."""
    row = {"review_id": review_id, "title": title, "by": actor, "at": at}
    return await _append(tx, review_agenda, review_agenda.c.review_id, review_id, row)


async def add_minute(
    tx: Connection, review_id: UUID, content: str, actor: str, at: datetime
) -> int:
    """Append to the minutes; the number of the entry. Lock the review first."""
    row = {"review_id": review_id, "text": content, "by": actor, "at": at}
    return await _append(tx, review_minutes, review_minutes.c.review_id, review_id, row)


async def add_breach_comment(
    tx: Connection, clock_id: UUID, content: str, actor: str, at: datetime
) -> int:
    """Append a comment on a breach; its number. Lock the clock's review first."""
    row = {"clock_id": clock_id, "text": content, "by": actor, "at": at}
    return await _append(tx, breach_comments, breach_comments.c.clock_id, clock_id, row)


async def _append(
    tx: Connection, table: Table, column: Column[Any], id: UUID, row: dict[str, Any]
) -> int:
    last = await tx.scalar(select(func.coalesce(func.max(table.c.number), 0)).where(column == id))
    number = int(last or 0) + 1
    await tx.execute(insert(table).values(row | {"number": number}))
    return number


async def list_agenda_items(tx: Connection, review_id: UUID) -> tuple[AgendaItem, ...]:
    query = select(review_agenda).where(review_agenda.c.review_id == review_id)
    rows = await tx.execute(query.order_by(review_agenda.c.number))
    return tuple(AgendaItem(row.number, row.title, row.by, row.at) for row in rows)


async def list_minutes(tx: Connection, review_id: UUID) -> tuple[Minute, ...]:
    query = select(review_minutes).where(review_minutes.c.review_id == review_id)
    rows = await tx.execute(query.order_by(review_minutes.c.number))
    return tuple(Minute(row.number, row.text, row.by, row.at) for row in rows)


async def latest_breach_comments(tx: Connection, clock_ids: Collection[UUID]) -> dict[UUID, str]:
    """The newest comment on the breach of each of these clocks, by clock."""
    query = select(breach_comments).where(breach_comments.c.clock_id.in_(clock_ids))
    rows = await tx.execute(query.order_by(breach_comments.c.clock_id, breach_comments.c.number))
    return {row.clock_id: row.text for row in rows}


async def next_action_key(tx: Connection) -> str:
    """The key of the next action item: `RA-17`."""
    return await next_key(tx, "RA", "action_item_numbers")


async def lock_available_actions(tx: Connection, ids: Sequence[UUID]) -> set[UUID]:
    """Those that nobody else holds. One that does not exist counts as locked."""
    return await lock_rows(tx, action_items.c.id, ids)


async def add_action(tx: Connection, action: ActionItem) -> None:
    await tx.execute(insert(action_items).values(**_row(action), sequence=1))


async def save_action(tx: Connection, action: ActionItem) -> int:
    """Store an action item that is locked; its new sequence number."""
    own_row = update(action_items).where(action_items.c.id == action.id)
    statement = own_row.values(**_row(action), sequence=action_items.c.sequence + 1)
    return int((await tx.execute(statement.returning(action_items.c.sequence))).scalar_one())


async def find_action(
    tx: Connection, id_or_key: UUID | str, *, lock: bool = False
) -> tuple[ActionItem, int] | None:
    """The action item by its id or key, and its sequence number."""
    column = action_items.c.id if isinstance(id_or_key, UUID) else action_items.c.key
    query = select(action_items).where(column == id_or_key)
    row = (await tx.execute(query.with_for_update() if lock else query)).one_or_none()
    return (_to_action(row), row.sequence) if row else None


async def list_actions_until(
    tx: Connection, customer_id: UUID, month: str
) -> tuple[ActionItem, ...]:
    """The action items of a customer from the review of this month and all reviews before."""
    condition = (action_items.c.customer_id == customer_id) & (action_items.c.month <= month)
    rows = await tx.execute(select(action_items).where(condition))
    return tuple(_to_action(row) for row in rows)


async def page_actions(
    tx: Connection,
    owner: str | None,
    customer: str | None,
    unfinished: bool,
    limit: int,
    after: tuple[date, UUID] | None,
) -> list[tuple[ActionItem, int]]:
    """Up to `limit` + 1 action items with their sequence numbers, by due date."""
    query = select(action_items)
    if unfinished:
        query = query.where(action_items.c.state != "verified")
    if owner is not None:
        query = query.where(action_items.c.owner == owner)
    if customer is not None:
        customer_id = select(customers.c.id).where(customers.c.key == customer).scalar_subquery()
        query = query.where(action_items.c.customer_id == customer_id)
    order = (action_items.c.due, action_items.c.id)
    rows = await tx.execute(page_after(query, order, after, limit))
    return [(_to_action(row), row.sequence) for row in rows]


async def count_unverified(tx: Connection, today: date) -> dict[UUID, tuple[int, int]]:
    """The numbers of action items that are not verified, and of those overdue, by customer."""
    overdue = func.count(case((action_items.c.due < today, 1)))
    query = (
        select(action_items.c.customer_id, func.count().label("open"), overdue.label("overdue"))
        .where(action_items.c.state != "verified")
        .group_by(action_items.c.customer_id)
    )
    return {row.customer_id: (row.open, row.overdue) for row in await tx.execute(query)}


def _row(action: ActionItem) -> dict[str, Any]:
    return asdict(action) | {"month": str(action.month)}


def _to_action(row: Row[Any]) -> ActionItem:
    values = {name: getattr(row, name) for name in ActionItem.__dataclass_fields__}
    return ActionItem(**values | {"month": parse_month(row.month)})
