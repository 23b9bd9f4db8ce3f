"""Reads the figures of the reports: added up over a period, by one key and by steps of time.

Where neither a customer nor an agreement matters, the figures of all customers together answer,
however many there are; where nothing but them matters, months are read as totals.
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
from sla.directory.tables import customers
from sla.reports.domain.compliance import Compliance
from sla.reports.domain.period import Apart, Period, Piece, Step
from sla.reports.domain.volume import Backlog, Volume
from sla.reports.store.rollups import EVERYBODY
from sla.reports.tables import clock_figures, ticket_figures, work_figures
from sla.time_entries.domain.costs import Costs

Group = Literal[
    "customer", "service", "priority", "kind", "metric", "contract", "agreement", "rate"
]
MOST = 100_000
"""Rows that a report may read from the database after adding up."""
DETAILS = frozenset({"customer", "agreement"})
"""What the figures of all customers together do not tell apart."""


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
    def apart(self) -> list[Apart]:
        """Which of services, priorities and kinds it tells apart."""
        return [name for name in get_args(Apart) if name in (*self.where, self.group)]

    @property
    def pieces(self) -> list[Piece]:
        match self.apart:
            case []:
                return self.period.pieces(self.step, "total")
            case [one]:
                return self.period.pieces(self.step, one)
            case _:
                return self.period.pieces(self.step)


class TooMuch(Exception):
    """The answer would have more rows than anybody reads."""


Place = tuple[str | None, date | None]
"""Group and the first day of the step: what a row is about."""


async def volume(tx: Connection, asked: Question) -> dict[Place, Volume]:
    names = ("opened", "resolved", "rejected", "reopened", "merged", "entered", "gone")
    rows = await added_up(tx, ticket_figures, names, asked)
    return {place: Volume(*figures) for place, figures in rows}


async def compliance(tx: Connection, asked: Question) -> dict[Place, Compliance]:
    rows = await added_up(tx, clock_figures, ("met", "breached", "waived"), asked)
    return {place: Compliance(*figures) for place, figures in rows}


async def backlog(tx: Connection, asked: Question) -> dict[Place, Backlog]:
    """By how much the backlog changed in each step."""
    rows = await added_up(tx, ticket_figures, ("entered", "gone", "opened_epochs"), asked)
    return {place: Backlog(entered - gone, epochs) for place, (entered, gone, epochs) in rows}


async def costs(tx: Connection, asked: Question) -> dict[Place, Costs]:
    found: dict[Place, Costs] = {}
    rows = await added_up(tx, work_figures, ("minutes", "cents"), asked, work_figures.c.currency)
    for place, (currency, minutes, cents) in rows:
        found[place] = found.get(place, Costs()) + Costs(minutes, {currency: (minutes, cents)})
    return found


async def still_open(tx: Connection, asked: Question) -> list[tuple[date, int]]:
    """Tickets that are open now, by the day of their opening, whatever the period."""
    t = ticket_figures
    days = select(t.c.day, func.sum(t.c.still_open)).where(t.c.still_open > _literal(0))
    rows = await tx.execute(
        days.where(t.c.span == _literal("day"), *_narrowed(t, asked)).group_by(t.c.day)
    )
    return [(day, int(tickets)) for day, tickets in rows]


async def added_up(
    tx: Connection,
    table: Table,
    names: tuple[str, ...],
    asked: Question,
    *keys: ColumnElement[Any],
    among: Sequence[Piece] | None = None,
) -> Iterator[tuple[Place, tuple[Any, ...]]]:
    """Place and figures, preceded by the values of `keys`. `among`: these pieces of the period.
    Raises TooMuch."""
    parts = asked.pieces if among is None else among
    if not parts:
        return iter(())
    pieces = [_piece(table, names, asked, piece, keys) for piece in parts]
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
    sums = [func.sum(table.c[name]).label(name) for name in names]
    return within(table, asked, piece, *keys, *sums).group_by("place", "step", *keys)


def within(
    table: Table, asked: Question, piece: Piece, *columns: ColumnElement[Any]
) -> Select[Any]:
    """The rows of a piece: `place`, `step`, and these columns."""
    place = _place(table, asked.group).label("place")
    found = (
        select(place, _step(table, asked).label("step"), *columns)
        .where(table.c.span == _literal(piece.span), *_narrowed(table, asked))
        .where(table.c.day >= piece.since, table.c.day < piece.until)
    )
    if asked.group == "customer":
        return found.join(customers, customers.c.id == table.c.customer_id)
    return found


def _literal(value: Any) -> BindParameter[Any]:
    """Not a parameter: a generic plan can prove a partial index from nothing else, nor guess how
    many rows a span has."""
    return literal(value, literal_execute=True)


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
    everybody = _literal(EVERYBODY)
    if asked.customer_id is not None:
        yield table.c.customer_id == asked.customer_id
    elif asked.together:
        yield table.c.customer_id == everybody
    else:
        yield table.c.customer_id != everybody
    for name, value in asked.where.items():
        yield table.c[name] == value
