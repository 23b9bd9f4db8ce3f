"""Reads the figures of the reports: added up over a period, by one key and by steps of time.

Where neither a customer nor an agreement matters, the figures of all customers together answer,
however many there are; where nothing but them matters, months are read as totals.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import (
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

from common.database import Connection
from sla.reports.compliance import Compliance
from sla.reports.costs import Costs
from sla.reports.percentiles import Times
from sla.reports.period import Period, Piece, Step
from sla.reports.volume import Backlog, Volume
from sla.store.rollups import EVERYBODY
from sla.tables.directory import customers
from sla.tables.rollups import clock_figures, ticket_figures, time_figures, work_figures

Group = Literal[
    "customer", "service", "priority", "kind", "metric", "contract", "agreement", "rate"
]
MOST = 100_000
"""Rows that a report may read from the database after adding up."""
DETAILS = frozenset({"customer", "agreement"})
"""What the figures of all customers together do not tell apart."""
FINER = frozenset({"service", "priority", "kind"})
"""What totals do not tell apart."""


@dataclass(frozen=True, slots=True)
class Question:
    """`where` holds the other keys that a row must have; `customer_id` None: all customers."""

    period: Period
    customer_id: UUID | None = None
    where: Mapping[str, str] = field(default_factory=dict)
    group: Group | None = None
    step: Step | None = None

    @property
    def together(self) -> bool:
        asked = {*self.where, self.group}
        return self.customer_id is None and asked.isdisjoint(DETAILS)

    @property
    def pieces(self) -> list[Piece]:
        asked = {*self.where, self.group}
        return self.period.pieces(self.step, "total" if asked.isdisjoint(FINER) else "month")


class TooMuch(Exception):
    """The answer would have more rows than anybody reads."""


Place = tuple[str | None, date | None]
"""Group and the first day of the step: what a row is about."""


async def volume(tx: Connection, asked: Question) -> dict[Place, Volume]:
    names = ("opened", "resolved", "rejected", "reopened", "merged", "entered", "gone")
    rows = await _rows(tx, ticket_figures, names, asked)
    return {place: Volume(*figures) for place, figures in rows}


async def compliance(tx: Connection, asked: Question) -> dict[Place, Compliance]:
    rows = await _rows(tx, clock_figures, ("met", "breached", "excused"), asked)
    return {place: Compliance(*figures) for place, figures in rows}


async def times(tx: Connection, asked: Question) -> dict[Place, Times]:
    found: dict[Place, dict[int, tuple[int, int]]] = {}
    rows = await _rows(tx, time_figures, ("ended", "seconds"), asked, time_figures.c.bucket)
    for place, (bucket, ended, seconds) in rows:
        found.setdefault(place, {})[bucket] = (ended, seconds)
    return {
        place: Times(
            {bucket: ended for bucket, (ended, _) in buckets.items()},
            sum(seconds for _, seconds in buckets.values()),
        )
        for place, buckets in found.items()
    }


async def backlog(tx: Connection, asked: Question) -> dict[Place, Backlog]:
    """By how much the backlog changed in each step."""
    rows = await _rows(tx, ticket_figures, ("entered", "gone", "opened_epochs"), asked)
    return {place: Backlog(entered - gone, epochs) for place, (entered, gone, epochs) in rows}


async def costs(tx: Connection, asked: Question) -> dict[Place, Costs]:
    found: dict[Place, Costs] = {}
    rows = await _rows(tx, work_figures, ("minutes", "cents"), asked, work_figures.c.currency)
    for place, (currency, minutes, cents) in rows:
        found[place] = found.get(place, Costs()) + Costs(minutes, {currency: (minutes, cents)})
    return found


async def still_open(tx: Connection, asked: Question) -> list[tuple[date, int]]:
    """Tickets that are open now, by the day of their opening, whatever the period."""
    t = ticket_figures
    # Literals, not parameters: a generic plan can prove the partial index from nothing else.
    none, span = literal(0, literal_execute=True), literal("day", literal_execute=True)
    days = select(t.c.day, func.sum(t.c.still_open)).where(t.c.still_open > none)
    rows = await tx.execute(days.where(t.c.span == span, *_narrowed(t, asked)).group_by(t.c.day))
    return [(day, int(tickets)) for day, tickets in rows]


async def _rows(
    tx: Connection,
    table: Table,
    names: tuple[str, ...],
    asked: Question,
    *keys: ColumnElement[Any],
) -> Iterator[tuple[Place, tuple[Any, ...]]]:
    """Place and figures, preceded by the values of `keys`. Raises TooMuch."""
    pieces = [_piece(table, names, asked, piece, keys) for piece in asked.period.pieces(asked.step)]
    every = union_all(*pieces).subquery()
    own = [every.c[key.name] for key in keys]
    sums = [func.sum(every.c[name]) for name in names]
    grouped = select(every.c.place, every.c.step, *own, *sums)
    grouped = grouped.group_by(every.c.place, every.c.step, *own).limit(MOST + 1)
    rows = (await tx.execute(grouped)).all()
    if len(rows) > MOST:
        raise TooMuch
    return (((row[0], row[1]), tuple(map(_plain, row[2:]))) for row in rows)


def _plain(value: Any) -> Any:
    """A sum of bigints is a numeric."""
    return value if isinstance(value, str) else int(value)


def _piece(
    table: Table,
    names: tuple[str, ...],
    asked: Question,
    piece: Piece,
    keys: tuple[ColumnElement[Any], ...],
) -> Select[Any]:
    place = _place(table, asked.group).label("place")
    step = _step(table, asked).label("step")
    sums = [func.sum(table.c[name]).label(name) for name in names]
    found = (
        select(place, step, *keys, *sums)
        .where(table.c.span == piece.span, *_narrowed(table, asked))
        .where(table.c.day >= piece.since, table.c.day < piece.until)
    )
    if asked.group == "customer":
        found = found.join(customers, customers.c.id == table.c.customer_id)
    return found.group_by(place, step, *keys)


def _place(table: Table, group: Group | None) -> ColumnElement[Any]:
    if group is None:
        return cast(null(), Text)
    return customers.c.key if group == "customer" else table.c[group]


def _step(table: Table, asked: Question) -> ColumnElement[Any]:
    if asked.step is None:
        return cast(null(), table.c.day.type)
    # The first step may begin later than its week or month does.
    begun = cast(func.date_trunc(asked.step, table.c.day), table.c.day.type)
    return func.greatest(begun, asked.period.since)


def _narrowed(table: Table, asked: Question) -> Iterator[ColumnElement[bool]]:
    if asked.customer_id is not None:
        yield table.c.customer_id == asked.customer_id
    elif asked.together:
        yield table.c.customer_id == EVERYBODY
    else:
        yield table.c.customer_id != EVERYBODY
    for name, value in asked.where.items():
        yield table.c[name] == value
