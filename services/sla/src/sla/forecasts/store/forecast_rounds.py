"""The present round of forecasts: its position in the queue, and what it has counted.

It is one row, locked by whoever makes forecasts: a timer of any replica, or a request.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, bindparam, func, literal, or_, select, text, update

from common.persistence.database import Connection
from sla.clocks.tables import clocks
from sla.forecasts.tables import forecast_rounds

QueuePosition = tuple[datetime | None, UUID]
OPEN_STATES = ("running", "paused")


@dataclass(frozen=True, slots=True)
class Round:
    """A round. `last_position`: deadline and id of the last clock passed.

    `passed_counts`: open clocks passed so far, by metric. `typical_lengths`: open clocks on average
    in the rounds before, by metric.
    """

    id: UUID
    began_at: datetime | None = None
    is_done: bool = True
    last_position: QueuePosition | None = None
    passed_counts: dict[str, int] = field(default_factory=dict)
    typical_lengths: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class QueuedClock:
    """A clock in the queue. One that waits for its customer has no deadline and no position."""

    id: UUID
    metric: str
    deadline: datetime | None
    is_breached: bool

    @property
    def is_waiting(self) -> bool:
        return self.deadline is None


async def lock(tx: Connection, *, skip: bool = False) -> Round | None:
    """Lock the round and return it; with `skip` None while another transaction holds it."""
    query = select(forecast_rounds).with_for_update(skip_locked=skip)
    row = (await tx.execute(query)).one_or_none()
    if row is None:
        return None
    last_position = None if row.walked_id is None else (row.walked_deadline, row.walked_id)
    return Round(row.id, row.began_at, row.done, last_position, dict(row.ahead), dict(row.usual))


async def save(tx: Connection, round: Round) -> None:
    deadline, id = round.last_position or (None, None)
    await tx.execute(
        update(forecast_rounds).values(
            id=round.id,
            began_at=round.began_at,
            done=round.is_done,
            walked_deadline=deadline,
            walked_id=id,
            ahead=round.passed_counts,
            usual=round.typical_lengths,
        )
    )


async def list_following(
    tx: Connection, after: QueuePosition | None, limit: int
) -> list[QueuedClock]:
    """List the next open clocks by deadline; those without one last."""
    # Literals, not parameters: only with them a generic plan can use the partial index.
    states = [literal(state, literal_execute=True) for state in OPEN_STATES]
    query = select(clocks.c.id, clocks.c.metric, clocks.c.deadline, clocks.c.breached_at)
    query = query.where(clocks.c.state.in_(states), clocks.c.contract == "sla")
    if after is not None and after[0] is None:
        query = query.where(clocks.c.deadline.is_(None), clocks.c.id > after[1])
    elif after is not None:
        beyond = func.row(clocks.c.deadline, clocks.c.id) > func.row(after[0], after[1])
        query = query.where(or_(beyond, clocks.c.deadline.is_(None)))
    ordered = query.order_by(clocks.c.deadline.asc().nulls_last(), clocks.c.id).limit(limit)
    return [
        QueuedClock(row.id, row.metric, row.deadline, row.breached_at is not None)
        for row in await tx.execute(ordered)
    ]


_SELECT_POSITIONS = text(
    """
    SELECT id, ahead FROM (
        SELECT id, count(*) OVER (PARTITION BY metric ORDER BY deadline, id) - 1 AS ahead
        FROM clocks WHERE state IN ('running', 'paused') AND deadline IS NOT NULL
            AND contract = 'sla'
    ) AS queued WHERE id = ANY(:ids)
    """
).bindparams(bindparam("ids", type_=ARRAY(Uuid)))


async def queue_positions(tx: Connection, ids: Collection[UUID]) -> dict[UUID, int]:
    """Return how many clocks of its metric are due before each of these running ones."""
    return {row.id: row.ahead for row in await tx.execute(_SELECT_POSITIONS, {"ids": list(ids)})}


async def list_open_ids(
    tx: Connection, customer: UUID | None, ids: Sequence[UUID] | None, limit: int
) -> list[UUID]:
    """List open clocks by deadline: of a customer, of these `ids`, or of all."""
    states = [literal(state, literal_execute=True) for state in OPEN_STATES]
    query = select(clocks.c.id).where(clocks.c.state.in_(states), clocks.c.contract == "sla")
    if customer is not None:
        query = query.where(clocks.c.customer_id == customer)
    if ids is not None:
        query = query.where(clocks.c.id.in_(ids))
    ordered = query.order_by(clocks.c.deadline.asc().nulls_last(), clocks.c.id).limit(limit)
    return list(await tx.scalars(ordered))


_IS_SCHEDULED = text("SELECT count(*) FROM deadlines WHERE kind = :kind AND subject = :subject")


async def is_scheduled(tx: Connection, kind: str, subject: UUID) -> bool:
    """Return whether the next round has its deadline."""
    return bool(await tx.scalar(_IS_SCHEDULED, {"kind": kind, "subject": subject}))
