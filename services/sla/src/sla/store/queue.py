"""Lists of clocks: the queue in the order in which promises break, and how promises ended."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Label, ScalarSelect, case, func, literal, select

from common.database import Connection
from sla.agreements.agreement import Metric
from sla.clocks.tracked import Tracked
from sla.reports.compliance import Compliance
from sla.store.clocks import load
from sla.tables.clocks import clocks
from sla.tables.directory import customers

Place = tuple[datetime | None, UUID]
"""Where a page ended: deadline and id."""


async def page(
    tx: Connection,
    states: Sequence[str],
    due_before: datetime | None,
    customer: str | None,
    limit: int,
    after: Place | None,
) -> list[Tracked]:
    """Up to `limit` + 1 clocks, the one that breaks first first; those without deadline last."""
    # Literals, not parameters: a generic plan can prove the partial index from nothing else.
    wanted = [literal(state, literal_execute=True) for state in states]
    listed = select(clocks.c.id).where(clocks.c.state.in_(wanted))
    if due_before is not None:
        listed = listed.where(clocks.c.deadline < due_before)
    if customer is not None:
        listed = listed.where(clocks.c.customer_id == _id_of(customer))
    if after is not None:
        listed = listed.where(_behind(after))
    ordered = listed.order_by(clocks.c.deadline.asc().nulls_last(), clocks.c.id).limit(limit + 1)
    ids = list(await tx.scalars(ordered))
    found = {tracked.id: tracked for tracked in await load(tx, ids)}
    return [found[id] for id in ids]


def _id_of(customer: str) -> ScalarSelect[UUID]:
    return select(customers.c.id).where(customers.c.key == customer).scalar_subquery()


def _behind(place: Place) -> ColumnElement[bool]:
    deadline, id = place
    if deadline is None:
        return clocks.c.deadline.is_(None) & (clocks.c.id > id)
    same = (clocks.c.deadline == deadline) & (clocks.c.id > id)
    return (clocks.c.deadline > deadline) | same | clocks.c.deadline.is_(None)


async def compliance(
    tx: Connection, since: datetime, until: datetime, customer: str | None
) -> list[tuple[str, Metric, Compliance]]:
    """Outcomes within `[since, until)`, by customer (key) and metric."""

    def count(outcome: str) -> Label[int]:
        return func.count(case((clocks.c.outcome == outcome, 1))).label(outcome)

    counted = (
        select(customers.c.key, clocks.c.metric, *map(count, ("met", "breached", "excused")))
        .join(customers, customers.c.id == clocks.c.customer_id)
        .where(clocks.c.outcome_at >= since, clocks.c.outcome_at < until)
        .where(clocks.c.outcome.is_not(None))
        .group_by(customers.c.key, clocks.c.metric)
        .order_by(customers.c.key, clocks.c.metric)
    )
    if customer is not None:
        counted = counted.where(customers.c.key == customer)
    return [
        (row.key, row.metric, Compliance(row.met, row.breached, row.excused))
        for row in await tx.execute(counted)
    ]
