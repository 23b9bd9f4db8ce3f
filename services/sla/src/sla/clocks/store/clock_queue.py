"""Lists of clocks: the queue by deadline, and outcomes by customer and metric."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    FromClause,
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
from sla.clocks.ticket_tables import tickets
from sla.directory.tables import customers


@dataclass(frozen=True, slots=True)
class ClockFilter:
    """Filters of a list of clocks; None: any. `customer`, `partner` and `agreement` are keys.

    Due within `[due_from, due_before)`. `breached`: broken, in any of its cycles, or not. `assignee`, `team` and
    `ticket_state` are those of the ticket, as intake last said them.
    """

    states: Sequence[State]
    due_before: datetime | None = None
    customer: str | None = None
    contract: Contract | None = None
    due_from: datetime | None = None
    service: str | None = None
    metric: Metric | None = None
    agreement: str | None = None
    breached: bool | None = None
    assignee: str | None = None
    team: str | None = None
    ticket_state: str | None = None
    partner: str | None = None


async def list_page(
    tx: Connection, filters: ClockFilter, limit: int, after: tuple[Any, ...] | None
) -> list[TicketClock]:
    """List up to `limit` + 1 clocks by deadline and id; those without a deadline last.

    `after`: deadline and id of the last clock of the page before.
    """
    order = (clocks.c.deadline.asc().nulls_last(), clocks.c.id)
    ids = list(await tx.scalars(page_after(select_ids(clocks, filters), order, after, limit)))
    return await load_in_order(tx, ids)


async def load_in_order(tx: Connection, ids: Sequence[UUID]) -> list[TicketClock]:
    """Load these clocks, in this order."""
    by_id = {ticket_clock.id: ticket_clock for ticket_clock in await load(tx, ids)}
    return [by_id[id] for id in ids]


def select_ids(table: FromClause, filters: ClockFilter) -> Select[Any]:
    """The query for the ids of the clocks that meet all filters; `table` is clocks or an alias."""
    statement = select(table.c.id).where(*conditions(table, filters))
    if ticket_conditions := _ticket_conditions(table, filters):
        statement = statement.join(tickets, tickets.c.id == table.c.ticket_id)
        statement = statement.where(*ticket_conditions)
    return statement


def conditions(table: FromClause, filters: ClockFilter) -> list[ColumnElement[bool]]:
    """What the filters say about the clock itself, without its ticket."""
    # Literals, not parameters: only with them a generic plan can use a partial index.
    found = [_in_states(table, filters.states)]
    if filters.due_from is not None:
        found.append(table.c.deadline >= filters.due_from)
    if filters.due_before is not None:
        found.append(table.c.deadline < filters.due_before)
    if filters.customer is not None:
        found.append(table.c.customer_id == _customer_id(filters.customer))
    if filters.contract is not None:
        found.append(table.c.contract == _literal(filters.contract))
    if filters.partner is not None:
        found.append(table.c.partner == filters.partner)
    if filters.metric is not None:
        found.append(table.c.metric == filters.metric)
    if filters.breached is not None:
        is_broken = table.c.breached_at.is_not(None)
        found.append(is_broken if filters.breached else ~is_broken)
    return found


def _ticket_conditions(table: FromClause, filters: ClockFilter) -> list[ColumnElement[bool]]:
    named = {
        tickets.c.service: filters.service,
        tickets.c.assignee: filters.assignee,
        tickets.c.team: filters.team,
        tickets.c.state: filters.ticket_state,
        # Of a clock of a partner or second level: their own contract.
        func.coalesce(table.c.agreement, tickets.c.agreement): filters.agreement,
    }
    return [column == value for column, value in named.items() if value is not None]


def _in_states(table: FromClause, states: Sequence[State]) -> ColumnElement[bool]:
    if len(states) == 1:
        return table.c.state == _literal(states[0])
    return table.c.state.in_([_literal(state) for state in states])


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
