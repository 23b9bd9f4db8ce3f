"""Reads rolled-up figures: added up over a period, by a group and by steps of time.

A query without a customer and an agreement reads the figures of all customers together; one without
service, priority and kind reads monthly totals. So its work does not grow with their number.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal, get_args
from uuid import UUID

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Select,
    Table,
    Text,
    cast,
    func,
    literal,
    null,
    select,
    union_all,
)

from common.persistence.database import Connection
from sla.clocks.domain.compliance import Compliance
from sla.directory.tables import customers
from sla.reports.domain.report_period import Dimension, Period, Piece, Step
from sla.reports.domain.volume import Backlog, Volume
from sla.reports.store.rollups import ALL_CUSTOMERS
from sla.reports.tables import clock_figures, ticket_figures, time_entry_figures
from sla.time_entries.domain.costs import Costs

Group = Literal[
    "customer", "service", "priority", "kind", "metric", "contract", "agreement", "rate"
]
MAX_FETCHED_ROWS = 100_000
"""The most rows that a report may read, after adding up."""
PER_CUSTOMER_KEYS = frozenset({"customer", "agreement"})
"""The keys that the figures of all customers together do not have."""


@dataclass(frozen=True, slots=True)
class FiguresQuery:
    """What figures to add up. `customer_id` None: those of all customers.

    `where` has the values of other keys that a row must have. `agreements`: only those of these agreements
    (keys); None: of all. `group` and `step` say by what to
    split the sums.
    """

    period: Period
    customer_id: UUID | None = None
    where: Mapping[str, str] = field(default_factory=dict)
    group: Group | None = None
    step: Step | None = None
    agreements: tuple[str, ...] | None = None

    @property
    def covers_all_customers(self) -> bool:
        keys = {*self.where, self.group, "agreement" if self.agreements is not None else None}
        return self.customer_id is None and keys.isdisjoint(PER_CUSTOMER_KEYS)

    @property
    def dimensions(self) -> list[Dimension]:
        """Those of service, priority and kind that it filters or groups by."""
        return [name for name in get_args(Dimension) if name in (*self.where, self.group)]

    @property
    def pieces(self) -> list[Piece]:
        match self.dimensions:
            case []:
                return self.period.pieces(self.step, "total")
            case [dimension]:
                return self.period.pieces(self.step, dimension)
            case _:
                return self.period.pieces(self.step)


class TooManyRows(Exception):
    """The answer would have more rows than a report may read."""


RowKey = tuple[str | None, date | None]
"""The group of a row, and the first day of its step."""


async def volume(tx: Connection, query: FiguresQuery) -> dict[RowKey, Volume]:
    names = ("opened", "resolved", "rejected", "reopened", "merged", "entered", "gone")
    rows = await sum_figures(tx, ticket_figures, names, query)
    return {key: Volume(*figures) for key, figures in rows}


async def compliance(tx: Connection, query: FiguresQuery) -> dict[RowKey, Compliance]:
    rows = await sum_figures(tx, clock_figures, ("met", "breached", "waived"), query)
    return {key: Compliance(*figures) for key, figures in rows}


async def backlog(tx: Connection, query: FiguresQuery) -> dict[RowKey, Backlog]:
    """The change of the backlog in each step."""
    rows = await sum_figures(tx, ticket_figures, ("entered", "gone", "opened_epochs"), query)
    return {key: Backlog(entered - gone, epochs) for key, (entered, gone, epochs) in rows}


async def costs(tx: Connection, query: FiguresQuery) -> dict[RowKey, Costs]:
    costs_by_key: dict[RowKey, Costs] = {}
    rows = await sum_figures(
        tx, time_entry_figures, ("minutes", "cents"), query, time_entry_figures.c.currency
    )
    for key, (currency, minutes, cents) in rows:
        costs_by_key[key] = costs_by_key.get(key, Costs()) + Costs(
            minutes, {currency: (minutes, cents)}
        )
    return costs_by_key


async def list_open_by_day(tx: Connection, query: FiguresQuery) -> list[tuple[date, int]]:
    """The tickets that are open now by the day of their opening, whatever the period."""
    t = ticket_figures
    days = select(t.c.day, func.sum(t.c.still_open)).where(t.c.still_open > _literal(0))
    rows = await tx.execute(
        days.where(t.c.span == _literal("day"), *_conditions(t, query)).group_by(t.c.day)
    )
    return [(day, int(tickets)) for day, tickets in rows]


async def sum_figures(
    tx: Connection,
    table: Table,
    names: tuple[str, ...],
    query: FiguresQuery,
    *keys: ColumnElement[Any],
    only_pieces: Sequence[Piece] | None = None,
) -> Iterator[tuple[RowKey, tuple[Any, ...]]]:
    """The sums by group and step; the values of `keys` precede them.

    `only_pieces` restricts them to these pieces of the period. Raises TooManyRows.
    """
    chosen_pieces = query.pieces if only_pieces is None else only_pieces
    if not chosen_pieces:
        return iter(())
    selects = [_select_sums(table, names, query, piece, keys) for piece in chosen_pieces]
    combined = union_all(*selects).subquery()
    key_columns = [combined.c[key.name] for key in keys]
    sums = [func.sum(combined.c[name]) for name in names]
    statement = select(combined.c.group_key, combined.c.step, *key_columns, *sums)
    statement = statement.group_by(combined.c.group_key, combined.c.step, *key_columns).limit(
        MAX_FETCHED_ROWS + 1
    )
    rows = (await tx.execute(statement)).all()
    if len(rows) > MAX_FETCHED_ROWS:
        raise TooManyRows
    return (((row[0], row[1]), tuple(map(_to_plain, row[2:]))) for row in rows)


def _to_plain(value: Any) -> Any:
    """A key as it is, a sum as an int: PostgreSQL adds bigints up to a numeric."""
    return value if isinstance(value, str) else int(value)


def _select_sums(
    table: Table,
    names: tuple[str, ...],
    query: FiguresQuery,
    piece: Piece,
    keys: tuple[ColumnElement[Any], ...],
) -> Select[Any]:
    sums = [func.sum(table.c[name]).label(name) for name in names]
    return select_piece(table, query, piece, *keys, *sums).group_by("group_key", "step", *keys)


def select_piece(
    table: Table, query: FiguresQuery, piece: Piece, *columns: ColumnElement[Any]
) -> Select[Any]:
    """The query for the rows of a piece: their group as `group_key`, their `step`, and these columns."""
    group_column = _group_column(table, query.group).label("group_key")
    statement = (
        select(group_column, _step_column(table, query).label("step"), *columns)
        .where(table.c.span == _literal(piece.span), *_conditions(table, query))
        .where(table.c.day >= piece.since, table.c.day < piece.until)
    )
    if query.group == "customer":
        return statement.join(customers, customers.c.id == table.c.customer_id)
    return statement


def _literal(value: Any) -> BindParameter[Any]:
    """A literal instead of a parameter: only so may a generic plan use a partial index, and estimate
    the rows of a span."""
    return literal(value, literal_execute=True)


def _group_column(table: Table, group: Group | None) -> ColumnElement[Any]:
    if group is None:
        return cast(null(), Text)
    return customers.c.key if group == "customer" else table.c[group]


def _step_column(table: Table, query: FiguresQuery) -> ColumnElement[Any]:
    if query.step is None:
        return cast(null(), table.c.day.type)
    # The first step begins within its week or month where the period does.
    step_start = cast(func.date_trunc(query.step, table.c.day), table.c.day.type)
    return func.greatest(step_start, query.period.since)


def _conditions(table: Table, query: FiguresQuery) -> Iterator[ColumnElement[bool]]:
    all_customers = _literal(ALL_CUSTOMERS)
    if query.customer_id is not None:
        yield table.c.customer_id == query.customer_id
    elif query.covers_all_customers:
        yield table.c.customer_id == all_customers
    else:
        yield table.c.customer_id != all_customers
    if query.agreements is not None:
        yield table.c.agreement.in_(query.agreements)
    for name, value in query.where.items():
        yield table.c[name] == value
