"""Pages of the queue, and the promises of tickets in other lists."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, FromClause, Select, Uuid, cast, column, func, select
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import ARRAY, array

from common.persistence.database import Connection
from common.persistence.keyset import page_after
from intake.queue.domain import QueueEntry, queue_entry
from intake.queue.tables import queue_entries

_SHOWN: Final = ("ticket_id", "due_at", "metric", "contract", "partner")
_JUST_OPENED: Final = sql(
    """
    SELECT DISTINCT substr(subject, 8)::uuid FROM audit
    WHERE xid >= (SELECT xid FROM indexed_openings) AND action = 'ticket.open' AND NOT EXISTS (
        SELECT FROM queue_entries WHERE ticket_id = substr(subject, 8)::uuid)
    """
)


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """Which open tickets a page shows; None means any.

    The due window is `[due_from, due_before)`. `is_assigned` and `needs_triage` ask for an assignee and
    for a missing customer.
    """

    customer_id: UUID | None = None
    environment_id: UUID | None = None
    assignee: str | None = None
    team: str | None = None
    kind: str | None = None
    priority: str | None = None
    state: str | None = None
    due_from: datetime | None = None
    due_before: datetime | None = None
    is_assigned: bool | None = None
    needs_triage: bool | None = None


async def page(
    tx: Connection, filters: QueueFilter, after: tuple[datetime, UUID] | None, limit: int
) -> list[QueueEntry]:
    """Entries that match, by what is due next, after due time and id of another: `limit` and one more.

    A ticket that was opened a moment ago is one of them, too, before the loop has put it into the table.
    """
    found = await _entries(tx, queue_entries, filters, after, limit)
    if just_opened := list(await tx.scalars(_JUST_OPENED)):
        rows = func.queue_rows(cast(array(just_opened, type_=Uuid), ARRAY(Uuid)))
        named = [column(one.name, one.type) for one in queue_entries.c]
        source = rows.table_valued(*named, name="just_opened")
        found += await _entries(tx, source, filters, after, limit)
    return sorted(found, key=attrgetter("due_at", "ticket_id"))[: limit + 1]


async def of_tickets(tx: Connection, ids: Collection[UUID]) -> Mapping[UUID, QueueEntry]:
    """The entries of these tickets, by ticket; those that are not open have none."""
    query = _select(queue_entries).where(queue_entries.c.ticket_id.in_(ids))
    rows = await tx.execute(query) if ids else ()
    return {row.ticket_id: queue_entry(*row) for row in rows}


async def _entries(
    tx: Connection,
    source: FromClause,
    filters: QueueFilter,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> list[QueueEntry]:
    query = _select(source).where(*_conditions(source, filters))
    order = [source.c.due_at, source.c.ticket_id]
    return [queue_entry(*row) for row in await tx.execute(page_after(query, order, after, limit))]


def _select(source: FromClause) -> Select[Any]:
    return select(*(source.c[name] for name in _SHOWN))


def _conditions(source: FromClause, filters: QueueFilter) -> list[ColumnElement[bool]]:
    equal = ("customer_id", "environment_id", "assignee", "team", "kind", "priority", "state")
    conditions: list[ColumnElement[bool]] = [
        source.c[name] == value for name in equal if (value := getattr(filters, name)) is not None
    ]
    if filters.due_from is not None:
        conditions.append(source.c.due_at >= filters.due_from)
    if filters.due_before is not None:
        conditions.append(source.c.due_at < filters.due_before)
    for name, present in (
        ("assignee", filters.is_assigned),
        ("customer_id", None if filters.needs_triage is None else not filters.needs_triage),
    ):
        if present is not None:
            conditions.append(source.c[name].is_not(None) if present else source.c[name].is_(None))
    return conditions
