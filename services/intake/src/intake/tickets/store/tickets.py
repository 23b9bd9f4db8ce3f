"""Tickets: read, locked, listed, kept."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Row,
    RowMapping,
    Select,
    insert,
    literal_column,
    select,
    text,
    update,
)

from common.persistence.database import Connection
from intake.tables import customers, environments, tickets
from intake.tickets.domain.priority import Priority
from intake.tickets.domain.ticket import OPEN, Correction, Kind, Lowering, State, Ticket
from intake.tickets.domain.ticket_key import key_of, number_in, reference

_JOINED: Final[Select[Any]] = select(
    tickets, customers.c.key.label("customer"), environments.c.key.label("environment")
).select_from(
    tickets.outerjoin(customers, customers.c.id == tickets.c.customer_id).outerjoin(
        environments, environments.c.id == tickets.c.environment_id
    )
)
# Literals, not parameters: a generic plan can prove the partial index from nothing else.
_IS_OPEN: Final[ColumnElement[bool]] = tickets.c.state.in_(
    [literal_column(f"'{state}'") for state in sorted(OPEN)]
)
_LOOKED_UP: Final = frozenset({"key", "customer", "environment", "lowering", "correction"})
_PLAIN: Final = tuple(name for name in Ticket.__slots__ if name not in _LOOKED_UP)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which tickets a list shows; None means any. `customer_id` also guards what a caller sees."""

    customer_id: UUID | None = None
    environment: str | None = None
    state: State | None = None
    priority: Priority | None = None
    kind: Kind | None = None
    assignee: str | None = None
    is_open: bool | None = None
    needs_triage: bool | None = None


async def find(tx: Connection, ref: str) -> Ticket | None:
    """By id or key."""
    condition = _named(ref)
    if condition is None:
        return None
    row = (await tx.execute(_JOINED.where(condition))).one_or_none()
    return None if row is None else _ticket(row)


async def lock(tx: Connection, ref: str) -> Ticket | None:
    """By id or key, held until the transaction ends. Read the moment only after this.

    Locked first, read afterwards: one statement for both would join the customer and environment
    that the ticket had before the wait.
    """
    condition = _named(ref)
    if condition is None:
        return None
    id = await tx.scalar(select(tickets.c.id).where(condition).with_for_update())
    return None if id is None else await find(tx, str(id))


async def lock_both(tx: Connection, one: str, other: str) -> tuple[Ticket | None, Ticket | None]:
    """Two tickets, locked in the order of their ids whatever the order asked for."""
    found = {ref: await find(tx, ref) for ref in (one, other)}
    ids = sorted({ticket.id for ticket in found.values() if ticket})
    locked = {id: await lock(tx, str(id)) for id in ids}
    first, second = found[one], found[other]
    return first and locked[first.id], second and locked[second.id]


async def lock_survivor(tx: Connection, id: UUID) -> Ticket:
    """The ticket, or the one it was merged into in the end; locked."""
    ticket = await lock(tx, str(id))
    while ticket and ticket.merged_into:
        ticket = await lock(tx, str(ticket.merged_into))
    assert ticket is not None, "merged_into is a foreign key"
    return ticket


async def by_keys(tx: Connection, keys: Collection[str]) -> dict[str, Ticket]:
    numbers = [number_in(key) for key in keys]
    found = await tx.execute(_JOINED.where(tickets.c.number.in_(numbers)))
    return {ticket.key: ticket for ticket in map(_ticket, found)}


async def by_ids(tx: Connection, ids: Collection[UUID]) -> dict[UUID, Ticket]:
    found = await tx.execute(_JOINED.where(tickets.c.id.in_(ids)))
    return {ticket.id: ticket for ticket in map(_ticket, found)}


async def page(tx: Connection, wanted: Wanted, after: UUID | None, limit: int) -> Sequence[Ticket]:
    """Newest first, `limit` at most, those after the one with the id `after`."""
    query = _JOINED.where(*_conditions(wanted)).order_by(tickets.c.id.desc()).limit(limit)
    if after is not None:
        query = query.where(tickets.c.id < after)
    return [_ticket(row) for row in await tx.execute(query)]


async def next_number(tx: Connection) -> int:
    """The number of the next key. A transaction that rolls back leaves a gap."""
    number: int = (await tx.execute(text("SELECT nextval('ticket_numbers')"))).scalar_one()
    return number


async def add(tx: Connection, ticket: Ticket, description: str | None) -> None:
    await tx.execute(insert(tickets).values(**_row(ticket), description=description))


async def keep(tx: Connection, ticket: Ticket) -> None:
    await tx.execute(update(tickets).where(tickets.c.id == ticket.id).values(**_row(ticket)))


async def description_of(tx: Connection, id: UUID) -> str | None:
    found: str | None = await tx.scalar(select(tickets.c.description).where(tickets.c.id == id))
    return found


def _named(ref: str) -> ColumnElement[bool] | None:
    """The condition for an id or key; None where it is neither."""
    place = reference(ref)
    if place is None:
        return None
    return tickets.c.number == place if isinstance(place, int) else tickets.c.id == place


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    given: list[ColumnElement[bool]] = [
        column == value
        for column, value in (
            (tickets.c.customer_id, wanted.customer_id),
            (environments.c.key, wanted.environment),
            (tickets.c.state, wanted.state),
            (tickets.c.priority, wanted.priority),
            (tickets.c.kind, wanted.kind),
            (tickets.c.assignee, wanted.assignee),
        )
        if value is not None
    ]
    if wanted.is_open is not None:
        given.append(_IS_OPEN if wanted.is_open else ~_IS_OPEN)
    if wanted.needs_triage is not None:
        unknown = tickets.c.customer_id.is_(None)
        given.append(unknown if wanted.needs_triage else ~unknown)
    return given


def _ticket(row: Row[Any]) -> Ticket:
    told = row._mapping
    return Ticket(
        key=key_of(told["number"]),
        customer=told["customer"],
        environment=told["environment"],
        lowering=_lowering(told),
        correction=_correction(told),
        **{name: told[name] for name in _PLAIN},
    )


def _lowering(told: RowMapping) -> Lowering | None:
    if told["lowering_priority"] is None:
        return None
    return Lowering(
        told["lowering_priority"],
        told["lowering_impact"],
        told["lowering_urgency"],
        told["lowering_by"],
        told["lowering_at"],
        told["lowering_reason"],
    )


def _correction(told: RowMapping) -> Correction | None:
    if told["correction_by"] is None:
        return None
    return Correction(
        told["correction_kind"],
        told["correction_nature"],
        told["correction_service"],
        told["correction_by"],
        told["correction_at"],
        told["correction_reason"],
    )


def _row(ticket: Ticket) -> dict[str, Any]:
    lowering = asdict(ticket.lowering) if ticket.lowering else {}
    correction = asdict(ticket.correction) if ticket.correction else {}
    return {
        **{name: getattr(ticket, name) for name in _PLAIN},
        "number": number_in(ticket.key),
        "lowering_priority": lowering.get("priority"),
        "lowering_impact": lowering.get("impact"),
        "lowering_urgency": lowering.get("urgency"),
        "lowering_by": lowering.get("asked_by"),
        "lowering_at": lowering.get("asked_at"),
        "lowering_reason": lowering.get("reason"),
        "correction_kind": correction.get("kind"),
        "correction_nature": correction.get("nature"),
        "correction_service": correction.get("service"),
        "correction_by": correction.get("asked_by"),
        "correction_at": correction.get("asked_at"),
        "correction_reason": correction.get("reason"),
    }
