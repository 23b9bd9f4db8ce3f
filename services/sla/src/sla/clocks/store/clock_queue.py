"""Lists of clocks: the queue by deadline, and outcomes by customer and metric."""

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
from common.persistence.keyset import page_after
from sla.agreements.domain.agreement import Contract, Metric
from sla.clocks.domain.clock import State
from sla.clocks.domain.compliance import Compliance
from sla.clocks.domain.ticket_clock import TicketClock
from sla.clocks.store.clocks import load
from sla.clocks.tables import clocks
from sla.directory.tables import customers


@dataclass(frozen=True, slots=True)
class ClockFilter:
    """Filters of a list of clocks; None: any. `customer` is a key."""

    states: Sequence[State]
    due_before: datetime | None = None
    customer: str | None = None
    contract: Contract | None = None


async def list_page(
    tx: Connection, filters: ClockFilter, limit: int, after: tuple[Any, ...] | None
) -> list[TicketClock]:
    """List up to `limit` + 1 clocks by deadline and id; those without a deadline last.

    `after`: deadline and id of the last clock of the page before.
    """
    order = (clocks.c.deadline.asc().nulls_last(), clocks.c.id)
    ids = list(await tx.scalars(page_after(_select_ids(filters), order, after, limit)))
    by_id = {ticket_clock.id: ticket_clock for ticket_clock in await load(tx, ids)}
    return [by_id[id] for id in ids]


def _select_ids(filters: ClockFilter) -> Select[Any]:
    # Literals, not parameters: only with them a generic plan can use a partial index.
    statement = select(clocks.c.id).where(_in_states(filters.states))
    if filters.due_before is not None:
        statement = statement.where(clocks.c.deadline < filters.due_before)
    if filters.customer is not None:
        statement = statement.where(clocks.c.customer_id == _customer_id(filters.customer))
    if filters.contract is not None:
        statement = statement.where(clocks.c.contract == _literal(filters.contract))
    return statement


def _in_states(states: Sequence[State]) -> ColumnElement[bool]:
    if len(states) == 1:
        return clocks.c.state == _literal(states[0])
    return clocks.c.state.in_([_literal(state) for state in states])


def _literal(value: str) -> BindParameter[str]:
    return literal(value, literal_execute=True)


def _customer_id(customer: str) -> ScalarSelect[UUID]:
    return select(customers.c.id).where(customers.c.key == customer).scalar_subquery()


async def compliance(
    tx: Connection, since: datetime, until: datetime, customer: str | None
) -> list[tuple[str, Metric, Compliance]]:
    """Count the outcomes within `[since, until)`, by customer (key) and metric."""

    def count(outcome: str) -> Label[int]:
        return func.count(case((clocks.c.outcome == outcome, 1))).label(outcome)

    statement = (
        select(customers.c.key, clocks.c.metric, *map(count, ("met", "breached", "waived")))
        .join(customers, customers.c.id == clocks.c.customer_id)
        .where(clocks.c.outcome_at >= since, clocks.c.outcome_at < until)
        .where(clocks.c.outcome.is_not(None), clocks.c.contract == "sla")
        .group_by(customers.c.key, clocks.c.metric)
        .order_by(customers.c.key, clocks.c.metric)
    )
    if customer is not None:
        statement = statement.where(customers.c.key == customer)
    return [
        (row.key, row.metric, Compliance(row.met, row.breached, row.waived))
        for row in await tx.execute(statement)
    ]
