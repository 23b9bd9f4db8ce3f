"""The queue of what is due next: broken promises do not stay on top of it for ever.

First come the clocks whose deadline is ahead, the soonest first; then those without one, which are paused; then
those whose deadline has passed, the last one first. Each part is a range of the index of deadlines.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, FromClause, Select, and_, false, or_, select, true, tuple_

from common.persistence.database import Connection
from common.persistence.keyset import page_after
from sla.clocks.domain.ticket_clock import TicketClock
from sla.clocks.store.clock_queue import ClockFilter, conditions, load_in_order, select_ids
from sla.clocks.tables import clocks

AHEAD: Final = 0
PAUSED: Final = 1
PASSED: Final = 2
_PARTS: Final = (AHEAD, PAUSED, PASSED)


@dataclass(frozen=True, slots=True)
class QueuePosition:
    """Where a clock stands in the queue: in which part, and there by deadline and id."""

    part: int
    deadline: datetime | None
    id: UUID


async def list_next(
    tx: Connection,
    filters: ClockFilter,
    at: datetime,
    limit: int,
    after: QueuePosition | None,
    *,
    one_per_ticket: bool = False,
) -> list[tuple[QueuePosition, TicketClock]]:
    """List up to `limit` + 1 clocks behind `after`, what is due next at `at` first.

    `one_per_ticket`: of each ticket only the first of its clocks that meet the filters.
    """
    found: list[QueuePosition] = []
    for part in _PARTS:
        missing = limit + 1 - len(found)
        if missing > 0 and (after is None or after.part <= part):
            query = _select_part(filters, part, at, one_per_ticket=one_per_ticket)
            behind = _position_in(part, after) if after and after.part == part else None
            rows = await tx.execute(page_after(query, _order(part), behind, missing - 1))
            found += [QueuePosition(part, row.deadline, row.id) for row in rows]
    loaded = await load_in_order(tx, [one.id for one in found])
    return list(zip(found, loaded, strict=True))


def _select_part(
    filters: ClockFilter, part: int, at: datetime, *, one_per_ticket: bool
) -> Select[Any]:
    query = select_ids(clocks, filters).add_columns(clocks.c.deadline)
    query = query.where(_is_in(clocks, part, at))
    if one_per_ticket:
        sibling = clocks.alias("sibling")
        goes_before = _goes_before(sibling, part, at)
        same_ticket = (sibling.c.ticket_id == clocks.c.ticket_id) & (sibling.c.id != clocks.c.id)
        before = select(sibling.c.id).where(same_ticket, goes_before, *conditions(sibling, filters))
        query = query.where(~before.exists())
    return query


def _is_in(table: FromClause, part: int, at: datetime) -> ColumnElement[bool]:
    deadline: ColumnElement[datetime] = table.c.deadline
    if part == PAUSED:
        return deadline.is_(None)
    return deadline >= at if part == AHEAD else deadline < at


def _goes_before(sibling: FromClause, part: int, at: datetime) -> ColumnElement[bool]:
    """Whether a sibling stands before a clock of this part."""
    earlier_parts = or_(false(), *(_is_in(sibling, one, at) for one in _PARTS if one < part))
    own_order = tuple_(clocks.c.deadline, clocks.c.id)
    sibling_order = tuple_(sibling.c.deadline, sibling.c.id)
    within: ColumnElement[bool] = true()
    if part == PAUSED:
        within = sibling.c.id < clocks.c.id
    elif part == AHEAD:
        within = sibling_order < own_order
    else:
        within = sibling_order > own_order
    return or_(earlier_parts, and_(_is_in(sibling, part, at), within))


def _order(part: int) -> Sequence[ColumnElement[Any]]:
    if part == PAUSED:
        return (clocks.c.id,)
    if part == AHEAD:
        return clocks.c.deadline, clocks.c.id
    return clocks.c.deadline.desc(), clocks.c.id.desc()


def _position_in(part: int, after: QueuePosition) -> tuple[Any, ...]:
    return (after.id,) if part == PAUSED else (after.deadline, after.id)
