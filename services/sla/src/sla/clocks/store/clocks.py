"""Clocks, stored set-based.

Handlers and timers lock the rows of clocks before their deadlines, in the order of ids.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec.structs import replace
from sqlalchemy import ARRAY, ColumnElement, Row, Uuid, any_, bindparam, select

from common.domain.durations import SECOND
from common.persistence.bulk import Columns, column_names, execute_many, unnest, update_sql
from common.persistence.database import Connection
from common.scheduling.aggregate_locks import lock_available as lock_rows
from sla.agreements.domain.agreement import Metric
from sla.clocks.domain.clock import Clock, Input
from sla.clocks.domain.codec import dump_clock, load_clock
from sla.clocks.domain.ticket_clock import TicketClock
from sla.clocks.store.inputs import column_values as input_values
from sla.clocks.store.tickets import ticket_from_row
from sla.clocks.tables import clocks
from sla.clocks.ticket_tables import tickets

_SELECT = select(
    tickets,
    clocks.c.id.label("clock_id"),
    clocks.c.state_json,
    clocks.c.ordinal,
    clocks.c.sequence,
    clocks.c.next_at,
    clocks.c.forwarding,
    clocks.c.partner,
    clocks.c.agreement_version.label("own_agreement_version"),
    clocks.c.agreement.label("own_agreement"),
).join(tickets, tickets.c.id == clocks.c.ticket_id)

_LOAD = _SELECT.where(clocks.c.id == any_(bindparam("ids", type_=ARRAY(Uuid)))).order_by(
    clocks.c.id
)
"""The same text for any number of clocks: prepared once in each connection."""

_FIXED_COLUMNS: Columns = {
    "id": "uuid",
    "ticket_id": "uuid",
    "customer_id": "uuid",
    "metric": "text",
    "contract": "text",
    "forwarding": "smallint",
    "partner": "text",
    "agreement_version": "uuid",
    "agreement": "text",
    "service": "text",
}
_MUTABLE_COLUMNS: Columns = {
    "state": "text",
    "deadline": "timestamptz",
    "breached_at": "timestamptz",
    "outcome": "text",
    "outcome_at": "timestamptz",
    "next_at": "timestamptz",
    "ordinal": "int",
    "sequence": "bigint",
    "state_json": "text",
    "stopped_at": "timestamptz",
    "elapsed_seconds": "bigint",
}
_COLUMNS: Columns = {**_FIXED_COLUMNS, **_MUTABLE_COLUMNS}
_OPENING_COLUMNS: Columns = {
    "input_ordinal": "int",
    "input_kind": "text",
    "input_at": "timestamptz",
    "known_at": "timestamptz",
    "body": "text",
}
_INSERT = f"""
WITH new AS (SELECT * FROM {unnest({**_COLUMNS, **_OPENING_COLUMNS}, "given")}), added AS (
    INSERT INTO clocks ({column_names(_COLUMNS)}) SELECT {column_names(_COLUMNS)} FROM new
)
INSERT INTO clock_inputs (clock_id, ordinal, kind, at, known_at, body, fired_without_events)
SELECT id, {column_names(_OPENING_COLUMNS)}, false FROM new
"""
_UPDATE = update_sql("clocks", {"id": "uuid", **_MUTABLE_COLUMNS})


async def lock_available(tx: Connection, ids: Sequence[UUID]) -> set[UUID]:
    """Lock the clocks that nobody else holds. One that does not exist counts as locked."""
    return await lock_rows(tx, clocks.c.id, ids)


async def record_keys(tx: Connection, ids: Collection[UUID]) -> dict[UUID, str]:
    """The key under which intake publishes the events about each clock: its ticket's id."""
    query = select(clocks.c.id, clocks.c.ticket_id).where(clocks.c.id.in_(ids))
    return {row.id: str(row.ticket_id) for row in await tx.execute(query)}


async def lock_by_tickets(tx: Connection, ticket_ids: Collection[UUID]) -> list[TicketClock]:
    """Lock all clocks of these tickets, of every contract, and return them."""
    return await _lock_where(tx, clocks.c.ticket_id.in_(ticket_ids))


async def lock_by_id(tx: Connection, id: UUID) -> TicketClock | None:
    """Lock a clock and return it."""
    return next(iter(await _lock_where(tx, clocks.c.id == id)), None)


async def lock_by_ids(tx: Connection, ids: Collection[UUID]) -> list[TicketClock]:
    """Lock these clocks and return them."""
    return await _lock_where(tx, clocks.c.id.in_(ids))


async def _lock_where(tx: Connection, condition: ColumnElement[bool]) -> list[TicketClock]:
    # Loaded by a second statement: rows that the locking one joins are from before its wait.
    statement = select(clocks.c.id).where(condition).order_by(clocks.c.id).with_for_update()
    return await load(tx, list(await tx.scalars(statement)))


async def load(tx: Connection, ids: Collection[UUID]) -> list[TicketClock]:
    """Return these clocks, in the order of ids."""
    rows = await tx.execute(_LOAD, {"ids": list(ids)})
    return [_ticket_clock(row) for row in rows]


async def list_by_ticket(tx: Connection, ticket_id: UUID) -> list[TicketClock]:
    """List the clocks of a ticket, by forwarding and metric."""
    ordered = (clocks.c.forwarding, clocks.c.metric)
    statement = _SELECT.where(clocks.c.ticket_id == ticket_id).order_by(*ordered)
    return [_ticket_clock(row) for row in await tx.execute(statement)]


async def get_metrics(
    tx: Connection, ticket_ids: Collection[UUID]
) -> set[tuple[UUID, int, Metric]]:
    """Return what is measured of these tickets: ticket, forwarding (0: the customer), metric."""
    columns = (clocks.c.ticket_id, clocks.c.forwarding, clocks.c.metric)
    rows = await tx.execute(select(*columns).where(clocks.c.ticket_id.in_(ticket_ids)))
    return {(row.ticket_id, row.forwarding, row.metric) for row in rows}


async def add(tx: Connection, new_clocks: Sequence[tuple[TicketClock, Input]]) -> None:
    """Store new clocks, each with the input that opened it."""
    rows = [
        (*_fixed_values(one), *_mutable_values(one), *input_values(opened))
        for one, opened in new_clocks
    ]
    await execute_many(tx, _INSERT, rows)


async def save(tx: Connection, ticket_clocks: Sequence[TicketClock]) -> None:
    """Update clocks, which are locked."""
    await execute_many(tx, _UPDATE, [(one.id, *_mutable_values(one)) for one in ticket_clocks])


def _ticket_clock(row: Row[Any]) -> TicketClock:
    clock, ticket = load_clock(row.state_json), ticket_from_row(row)
    if row.forwarding:
        own_agreement = {
            "agreement_version": row.own_agreement_version,
            "agreement": row.own_agreement,
        }
        ticket = replace(ticket, **own_agreement)
    stored = (row.ordinal, row.sequence, row.next_at, row.forwarding, row.partner)
    return TicketClock(row.clock_id, ticket, clock, *stored)


def column_values(ticket_clock: TicketClock) -> dict[str, Any]:
    """Return the columns that a clock's row must have, but for the service, which triggers maintain."""
    fixed = dict(zip(_FIXED_COLUMNS, _fixed_values(ticket_clock), strict=True))
    mutable = dict(zip(_MUTABLE_COLUMNS, _mutable_values(ticket_clock), strict=True))
    return {name: value for name, value in (fixed | mutable).items() if name != "service"}


def _fixed_values(ticket_clock: TicketClock) -> tuple[Any, ...]:
    ticket, is_supplier = ticket_clock.ticket, ticket_clock.forwarding > 0
    return (
        ticket_clock.id,
        ticket.id,
        ticket.customer_id,
        ticket_clock.clock.metric,
        ticket_clock.clock.contract,
        ticket_clock.forwarding,
        ticket_clock.partner,
        ticket.agreement_version if is_supplier else None,
        ticket.agreement if is_supplier else None,
        (ticket.service or "") if ticket_clock.clock.contract == "sla" else None,
    )


def _mutable_values(ticket_clock: TicketClock) -> tuple[Any, ...]:
    clock = ticket_clock.clock
    # Each is computed at every access: once is enough on the way of every ticket.
    state, breached_at, outcome = clock.state, clock.breached_at, clock.outcome
    return (
        state,
        clock.deadline,
        breached_at,
        outcome,
        clock.stopped_at if outcome == "met" else outcome and breached_at,
        ticket_clock.next_at,
        ticket_clock.ordinal,
        ticket_clock.sequence,
        dump_clock(clock),
        *(_stop_figures(clock) if state == "stopped" else (None, None)),
    )


def _stop_figures(clock: Clock) -> tuple[datetime, int] | tuple[None, None]:
    """Return when a stopped clock stopped, and the seconds of its longest cycle."""
    if clock.stopped_at is None:
        return None, None
    return clock.stopped_at, max(clock.worst, clock.counted) // SECOND
