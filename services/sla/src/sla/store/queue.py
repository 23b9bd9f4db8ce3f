"""Lists of clocks: the queue in the order in which promises break, and how promises ended."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Label,
    ScalarSelect,
    Select,
    case,
    func,
    literal,
    select,
    union_all,
)

from common.database import Connection
from sla.agreements.agreement import Contract, Metric
from sla.clocks.clock import State
from sla.clocks.tracked import Tracked
from sla.reports.compliance import Compliance
from sla.store.clocks import load
from sla.tables.clocks import clocks
from sla.tables.directory import customers

Place = tuple[datetime | None, UUID]
"""Where a page ended: deadline and id."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Clocks in one of these states; the others narrow it down. `customer` is a key."""

    states: Sequence[State]
    due_before: datetime | None = None
    customer: str | None = None
    contract: Contract | None = None


async def page(tx: Connection, wanted: Wanted, limit: int, after: Place | None) -> list[Tracked]:
    """Up to `limit` + 1 clocks, the one that breaks first first; those without deadline last."""
    places = _in_order(_merged(wanted, limit + 1, after), limit + 1)
    ids = [row.id for row in await tx.execute(places)]
    found = {tracked.id: tracked for tracked in await load(tx, ids)}
    return [found[id] for id in ids]


def _merged(wanted: Wanted, most: int, after: Place | None) -> Select[Any]:
    """The first of each state, put together: each is a scan of an index that ends after the page,
    where one over several states would walk past all that run to reach those that wait."""
    each = [_in_order(_listed(wanted, state, after), most) for state in wanted.states]
    return select(union_all(*(one.subquery().select() for one in each)).subquery())


def _listed(wanted: Wanted, state: State, after: Place | None) -> Select[Any]:
    # Literals, not parameters: a generic plan can prove a partial index from nothing else.
    listed = select(clocks.c.deadline, clocks.c.id).where(clocks.c.state == _literal(state))
    if wanted.due_before is not None:
        listed = listed.where(clocks.c.deadline < wanted.due_before)
    if wanted.customer is not None:
        listed = listed.where(clocks.c.customer_id == _id_of(wanted.customer))
    if wanted.contract is not None:
        listed = listed.where(clocks.c.contract == _literal(wanted.contract))
    return listed if after is None else listed.where(_behind(after))


def _in_order(listed: Select[Any], most: int) -> Select[Any]:
    deadline, id = listed.selected_columns
    return listed.order_by(deadline.asc().nulls_last(), id).limit(most)


def _literal(told: str) -> BindParameter[str]:
    return literal(told, literal_execute=True)


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
        .where(clocks.c.outcome.is_not(None), clocks.c.contract == "sla")
        .group_by(customers.c.key, clocks.c.metric)
        .order_by(customers.c.key, clocks.c.metric)
    )
    if customer is not None:
        counted = counted.where(customers.c.key == customer)
    return [
        (row.key, row.metric, Compliance(row.met, row.breached, row.excused))
        for row in await tx.execute(counted)
    ]
