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
)

from common.persistence.database import Connection
from sla.agreements.domain.agreement import Contract, Metric
from sla.clocks.domain.clock import State
from sla.clocks.domain.ticket_clock import Tracked
from sla.clocks.store.clocks import load
from sla.clocks.tables import clocks
from sla.directory.tables import customers
from sla.reports.domain.compliance import Compliance

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
    ordered = _listed(wanted).order_by(clocks.c.deadline.asc().nulls_last(), clocks.c.id)
    if after is not None:
        ordered = ordered.where(_behind(after))
    ids = list(await tx.scalars(ordered.limit(limit + 1)))
    found = {tracked.id: tracked for tracked in await load(tx, ids)}
    return [found[id] for id in ids]


def _listed(wanted: Wanted) -> Select[Any]:
    # Literals, not parameters: a generic plan can prove a partial index from nothing else.
    listed = select(clocks.c.id).where(_in_states(wanted.states))
    if wanted.due_before is not None:
        listed = listed.where(clocks.c.deadline < wanted.due_before)
    if wanted.customer is not None:
        listed = listed.where(clocks.c.customer_id == _id_of(wanted.customer))
    if wanted.contract is not None:
        listed = listed.where(clocks.c.contract == _literal(wanted.contract))
    return listed


def _in_states(states: Sequence[State]) -> ColumnElement[bool]:
    if len(states) == 1:
        return clocks.c.state == _literal(states[0])
    return clocks.c.state.in_([_literal(state) for state in states])


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
        select(customers.c.key, clocks.c.metric, *map(count, ("met", "breached", "waived")))
        .join(customers, customers.c.id == clocks.c.customer_id)
        .where(clocks.c.outcome_at >= since, clocks.c.outcome_at < until)
        .where(clocks.c.outcome.is_not(None), clocks.c.contract == "sla")
        .group_by(customers.c.key, clocks.c.metric)
        .order_by(customers.c.key, clocks.c.metric)
    )
    if customer is not None:
        counted = counted.where(customers.c.key == customer)
    return [
        (row.key, row.metric, Compliance(row.met, row.breached, row.waived))
        for row in await tx.execute(counted)
    ]
