"""Rounds of forecasts: where the present one has come in the queue, and what it has counted.

The round's one row is locked by whoever makes forecasts: a timer of any replica, or a request.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, bindparam, func, literal, or_, select, text, update

from common.persistence.database import Connection
from sla.clocks.tables import clocks
from sla.forecasts.tables import forecast_rounds

Place = tuple[datetime | None, UUID]
OPEN = ("running", "paused")


@dataclass(frozen=True, slots=True)
class Round:
    """`ahead`: open clocks passed so far, by metric. `usual`: how many are open on average, from
    the rounds before. `walked`: the last clock passed."""

    id: UUID
    began_at: datetime | None = None
    done: bool = True
    walked: Place | None = None
    ahead: dict[str, int] = field(default_factory=dict)
    usual: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Queued:
    """A clock in the queue: `waits` for its customer, so nothing waits for it."""

    id: UUID
    metric: str
    deadline: datetime | None
    broken: bool

    @property
    def waits(self) -> bool:
        return self.deadline is None


async def lock(tx: Connection, *, skip: bool = False) -> Round | None:
    """The round, locked; None where somebody else holds it and it is to be skipped."""
    found = select(forecast_rounds).with_for_update(skip_locked=skip)
    row = (await tx.execute(found)).one_or_none()
    if row is None:
        return None
    walked = None if row.walked_id is None else (row.walked_deadline, row.walked_id)
    return Round(row.id, row.began_at, row.done, walked, dict(row.ahead), dict(row.usual))


async def save(tx: Connection, round: Round) -> None:
    deadline, id = round.walked or (None, None)
    await tx.execute(
        update(forecast_rounds).values(
            id=round.id,
            began_at=round.began_at,
            done=round.done,
            walked_deadline=deadline,
            walked_id=id,
            ahead=round.ahead,
            usual=round.usual,
        )
    )


async def following(tx: Connection, after: Place | None, limit: int) -> list[Queued]:
    """The next open clocks, in the order in which promises break."""
    # Literals, not parameters: a generic plan can prove the partial index from nothing else.
    states = [literal(state, literal_execute=True) for state in OPEN]
    listed = select(clocks.c.id, clocks.c.metric, clocks.c.deadline, clocks.c.breached_at)
    listed = listed.where(clocks.c.state.in_(states), clocks.c.contract == "sla")
    if after is not None and after[0] is None:
        listed = listed.where(clocks.c.deadline.is_(None), clocks.c.id > after[1])
    elif after is not None:
        beyond = func.row(clocks.c.deadline, clocks.c.id) > func.row(after[0], after[1])
        listed = listed.where(or_(beyond, clocks.c.deadline.is_(None)))
    ordered = listed.order_by(clocks.c.deadline.asc().nulls_last(), clocks.c.id).limit(limit)
    return [
        Queued(row.id, row.metric, row.deadline, row.breached_at is not None)
        for row in await tx.execute(ordered)
    ]


_AHEAD = text(
    """
    SELECT id, ahead FROM (
        SELECT id, count(*) OVER (PARTITION BY metric ORDER BY deadline, id) - 1 AS ahead
        FROM clocks WHERE state IN ('running', 'paused') AND deadline IS NOT NULL
            AND contract = 'sla'
    ) AS queued WHERE id = ANY(:ids)
    """
).bindparams(bindparam("ids", type_=ARRAY(Uuid)))


async def ahead(tx: Connection, ids: Collection[UUID]) -> dict[UUID, int]:
    """How many of its metric break before each of these; those that wait are left out."""
    return {row.id: row.ahead for row in await tx.execute(_AHEAD, {"ids": list(ids)})}


async def open_of(
    tx: Connection, customer: UUID | None, ids: Sequence[UUID] | None, limit: int
) -> list[UUID]:
    """Open clocks, those that break first first: of a customer, or these."""
    states = [literal(state, literal_execute=True) for state in OPEN]
    found = select(clocks.c.id).where(clocks.c.state.in_(states), clocks.c.contract == "sla")
    if customer is not None:
        found = found.where(clocks.c.customer_id == customer)
    if ids is not None:
        found = found.where(clocks.c.id.in_(ids))
    ordered = found.order_by(clocks.c.deadline.asc().nulls_last(), clocks.c.id).limit(limit)
    return list(await tx.scalars(ordered))


_ARMED = text("SELECT count(*) FROM deadlines WHERE kind = :kind AND subject = :subject")


async def armed(tx: Connection, kind: str, subject: UUID) -> bool:
    """Whether the next round has its deadline."""
    return bool(await tx.scalar(_ARMED, {"kind": kind, "subject": subject}))
