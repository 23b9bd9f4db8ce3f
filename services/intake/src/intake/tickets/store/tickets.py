"""Every query about tickets, one by one or as pages."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    Row,
    RowMapping,
    Select,
    any_,
    bindparam,
    insert,
    select,
    update,
)

from common.persistence.database import Connection
from common.persistence.keys import next_number as next_in_sequence
from common.persistence.keyset import page_after
from common.scheduling.aggregate_locks import lock_available as lock_rows
from intake.directory.tables import customers, environments
from intake.search import store as documents
from intake.tickets.domain.ticket import (
    PendingDetection,
    PendingDowngrade,
    PendingReclassification,
    PendingUnmerge,
    Ticket,
)
from intake.tickets.domain.ticket_key import format_key, parse_number, parse_reference
from intake.tickets.store.ticket_filter import IS_OPEN, TicketFilter, conditions_of
from intake.tickets.tables import tickets

_JOINED: Final[Select[Any]] = select(
    tickets, customers.c.key.label("customer"), environments.c.key.label("environment")
).select_from(
    tickets.outerjoin(customers, customers.c.id == tickets.c.customer_id).outerjoin(
        environments, environments.c.id == tickets.c.environment_id
    )
)
# Made once: SQLAlchemy takes a third of a millisecond to know a statement of sixty columns again.
_BY_ID: Final = _JOINED.where(tickets.c.id == bindparam("given"))
_BY_NUMBER: Final = _JOINED.where(tickets.c.number == bindparam("given"))
# Arrays: a list of parameters is written anew into the statement each time.
_BY_IDS: Final = _JOINED.where(
    tickets.c.id == any_(bindparam("given", type_=ARRAY(tickets.c.id.type)))
)
_BY_NUMBERS: Final = _JOINED.where(
    tickets.c.number == any_(bindparam("given", type_=ARRAY(tickets.c.number.type)))
)
_LOCK_BY_ID: Final = (
    select(tickets.c.id).where(tickets.c.id == bindparam("given")).with_for_update()
)
_LOCK_BY_NUMBER: Final = (
    select(tickets.c.id).where(tickets.c.number == bindparam("given")).with_for_update()
)
_NUMBER: Final = select(tickets.c.number).where(tickets.c.id == bindparam("given"))
_SAVE: Final = update(tickets).where(tickets.c.id == bindparam("given"))
_PENDING: Final[Mapping[str, tuple[str, Any]]] = {
    "pending_downgrade": ("downgrade", PendingDowngrade),
    "pending_reclassification": ("reclassification", PendingReclassification),
    "pending_unmerge": ("unmerge", PendingUnmerge),
    "pending_detection": ("detection", PendingDetection),
}
"""What waits for a second person: its type, and the prefix of its columns."""
_NOT_COLUMNS: Final = frozenset({"key", "customer", "environment", *_PENDING})
_PLAIN: Final = tuple(name for name in Ticket.__struct_fields__ if name not in _NOT_COLUMNS)


async def find(tx: Connection, ref: str) -> Ticket | None:
    """The ticket with this id or key; None without one."""
    given = parse_reference(ref)
    if given is None:
        return None
    query = _BY_NUMBER if isinstance(given, int) else _BY_ID
    row = (await tx.execute(query, {"given": given})).one_or_none()
    return None if row is None else _ticket(row)


async def find_key(tx: Connection, id: UUID) -> str | None:
    """The key of the ticket with this id; None without one."""
    number = await tx.scalar(_NUMBER, {"given": id})
    return None if number is None else format_key(number)


async def lock(tx: Connection, ref: str) -> Ticket | None:
    """The ticket with this id or key, locked until the transaction ends; None without one.

    Take the moment after this, since it may wait. The row is locked first and read then: a single
    statement would join the customer and environment that the ticket had before the wait.
    """
    given = parse_reference(ref)
    if given is None:
        return None
    query = _LOCK_BY_NUMBER if isinstance(given, int) else _LOCK_BY_ID
    id = await tx.scalar(query, {"given": given})
    return None if id is None else await find(tx, str(id))


async def lock_two(tx: Connection, one: str, other: str) -> tuple[Ticket | None, Ticket | None]:
    """Two tickets by id or key, always locked in the order of their ids."""
    unlocked = {ref: await find(tx, ref) for ref in (one, other)}
    ids = sorted({ticket.id for ticket in unlocked.values() if ticket})
    locked = {id: await lock(tx, str(id)) for id in ids}
    first, second = unlocked[one], unlocked[other]
    return first and locked[first.id], second and locked[second.id]


async def lock_survivor(tx: Connection, id: UUID) -> Ticket:
    """The ticket, or the one that it was finally merged into; locked."""
    ticket = await lock(tx, str(id))
    while ticket and ticket.merged_into:
        ticket = await lock(tx, str(ticket.merged_into))
    assert ticket is not None, "merged_into is a foreign key"
    return ticket


async def find_survivor(tx: Connection, id: UUID) -> Ticket:
    """The ticket, or the one that it was finally merged into; not locked."""
    ticket = await find(tx, str(id))
    while ticket and ticket.merged_into:
        ticket = await find(tx, str(ticket.merged_into))
    assert ticket is not None, "merged_into is a foreign key"
    return ticket


async def list_merged_into(tx: Connection, id: UUID) -> list[Ticket]:
    """The tickets that were merged into this one, or into one of those, by their ids."""
    family = select(tickets.c.id).where(tickets.c.merged_into == id).cte(recursive=True)
    family = family.union(select(tickets.c.id).where(tickets.c.merged_into == family.c.id))
    rows = await tx.execute(_JOINED.where(tickets.c.id.in_(select(family.c.id))))
    return sorted(map(_ticket, rows), key=lambda one: one.id)


async def lock_current(tx: Connection, after: UUID | None, limit: int) -> list[Ticket]:
    """Tickets that are open or of the highest priority, behind the id `after`; locked, by their ids."""
    query = select(tickets.c.id).where(IS_OPEN | (tickets.c.priority == "blocker"))
    query = query if after is None else query.where(tickets.c.id > after)
    ids = await tx.scalars(query.order_by(tickets.c.id).limit(limit).with_for_update())
    found = await by_ids(tx, list(ids))
    return [found[id] for id in sorted(found)]


async def lock_available(tx: Connection, ids: Sequence[UUID]) -> set[UUID]:
    """Lock those of the tickets that nobody else has locked. One that is gone counts as locked."""
    return await lock_rows(tx, tickets.c.id, ids)


async def by_keys(tx: Connection, keys: Collection[str]) -> dict[str, Ticket]:
    """The tickets with these keys, by key; unknown keys are left out."""
    if not keys:
        return {}
    rows = await tx.execute(_BY_NUMBERS, {"given": [parse_number(key) for key in keys]})
    return {ticket.key: ticket for ticket in map(_ticket, rows)}


async def by_ids(tx: Connection, ids: Collection[UUID]) -> dict[UUID, Ticket]:
    """The tickets with these ids, by id."""
    if not ids:
        return {}
    rows = await tx.execute(_BY_IDS, {"given": list(ids)})
    return {ticket.id: ticket for ticket in map(_ticket, rows)}


async def page(
    tx: Connection, filters: TicketFilter, after: tuple[UUID] | None, limit: int
) -> Sequence[Ticket]:
    """Tickets that match, newest first, behind the id `after`: `limit` and one more."""
    query = _JOINED.where(*conditions_of(filters))
    if (words := filters.words) is not None:
        staff = filters.for_staff
        query = query.where(await documents.matching(tx, tickets.c.id, words, is_staff=staff))
    query = page_after(query, [tickets.c.id.desc()], after, limit)
    return [_ticket(row) for row in await tx.execute(query)]


async def next_number(tx: Connection) -> int:
    """The next ticket number. A transaction that rolls back leaves a gap."""
    return await next_in_sequence(tx, "ticket_numbers")


async def add(tx: Connection, ticket: Ticket, description: str | None) -> None:
    """Store a new ticket."""
    await tx.execute(insert(tickets), _row(ticket) | {"description": description})


async def save(tx: Connection, ticket: Ticket) -> None:
    """Store the change of a ticket; its description never changes."""
    await tx.execute(_SAVE, _row(ticket) | {"given": ticket.id})


async def get_description(tx: Connection, id: UUID) -> str | None:
    """The description with which the ticket was opened."""
    description: str | None = await tx.scalar(
        select(tickets.c.description).where(tickets.c.id == id)
    )
    return description


def _ticket(row: Row[Any]) -> Ticket:
    values = row._mapping
    return Ticket(
        key=format_key(values["number"]),
        customer=values["customer"],
        environment=values["environment"],
        **{name: _pending(values, *kind) for name, kind in _PENDING.items()},
        **{name: values[name] for name in _PLAIN if name != "tags"},
        tags=tuple(values["tags"]),
    )


def _pending(values: RowMapping, prefix: str, kind: Any) -> Any:
    """What waits for a second person; None where nothing does."""
    if values[f"{prefix}_requested_by"] is None:
        return None
    return kind(*(values[f"{prefix}_{name}"] for name in kind.__slots__))


def _row(ticket: Ticket) -> dict[str, Any]:
    """The columns, as parameters: `values()` would build the statement anew, in 2 ms of sixty columns."""
    return {
        **{name: getattr(ticket, name) for name in _PLAIN},
        "number": parse_number(ticket.key),
        **{
            f"{prefix}_{name}": getattr(getattr(ticket, field), name, None)
            for field, (prefix, kind) in _PENDING.items()
            for name in kind.__slots__
        },
    }
