"""Clocks: locked, loaded at once, and stored set-based.

The aggregate's row is locked before its deadline is touched, in the order of ids, by handlers and
timers alike.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, select

from common.persistence.database import Connection, asyncpg_connection
from common.scheduling.aggregate_locks import lock_available as lock_rows
from sla.agreements.domain.agreement import Metric
from sla.clocks.domain.clock import Clock, Input
from sla.clocks.domain.codec import dump_clock, load_clock
from sla.clocks.domain.ticket_clock import TicketClock
from sla.clocks.store.inputs import column_values
from sla.clocks.store.tickets import ticket_from_row
from sla.clocks.tables import clocks
from sla.clocks.ticket_tables import tickets

SECOND = timedelta(seconds=1)

_SELECT = select(
    tickets,
    clocks.c.id.label("clock_id"),
    clocks.c.course,
    clocks.c.ordinal,
    clocks.c.sequence,
    clocks.c.next_at,
    clocks.c.forwarding,
    clocks.c.partner,
    clocks.c.agreement_version.label("own_agreement_version"),
    clocks.c.agreement.label("own_agreement"),
).join(tickets, tickets.c.id == clocks.c.ticket_id)

_FIXED_COLUMNS = {
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
_MUTABLE_COLUMNS = {
    "state": "text",
    "deadline": "timestamptz",
    "breached_at": "timestamptz",
    "outcome": "text",
    "outcome_at": "timestamptz",
    "next_at": "timestamptz",
    "ordinal": "int",
    "sequence": "bigint",
    "course": "text",
    "stopped_at": "timestamptz",
    "elapsed_seconds": "bigint",
}
_COLUMNS = _FIXED_COLUMNS | _MUTABLE_COLUMNS


def _unnest(columns: Mapping[str, str]) -> str:
    arrays = ", ".join(f"${n}::{kind}[]" for n, kind in enumerate(columns.values(), start=1))
    return f"unnest({arrays})"


_OPENING_COLUMNS = {
    "input_ordinal": "int",
    "input_kind": "text",
    "input_at": "timestamptz",
    "known_at": "timestamptz",
    "body": "text",
}
_NEW_COLUMNS = _COLUMNS | _OPENING_COLUMNS
_INSERT = f"""
WITH new ({", ".join(_NEW_COLUMNS)}) AS (SELECT * FROM {_unnest(_NEW_COLUMNS)}), added AS (
    INSERT INTO clocks ({", ".join(_COLUMNS)}) SELECT {", ".join(_COLUMNS)} FROM new
)
INSERT INTO clock_inputs (clock_id, ordinal, kind, at, known_at, body, fired_without_events)
SELECT id, {", ".join(_OPENING_COLUMNS)}, false FROM new
"""
_UPDATE_COLUMNS = {"id": "uuid"} | _MUTABLE_COLUMNS
_UPDATE = f"""
UPDATE clocks SET {", ".join(f"{name} = new.{name}" for name in _MUTABLE_COLUMNS)}
FROM {_unnest(_UPDATE_COLUMNS)} AS new ({", ".join(_UPDATE_COLUMNS)})
WHERE clocks.id = new.id
"""


async def lock_available(tx: Connection, ids: Sequence[UUID]) -> set[UUID]:
    """Lock the clocks that nobody else holds. One that does not exist counts as locked."""
    return await lock_rows(tx, clocks.c.id, ids)


async def record_keys(tx: Connection, ids: Collection[UUID]) -> dict[UUID, str]:
    """The key under which intake publishes the events about each clock: its ticket's id."""
    query = select(clocks.c.id, clocks.c.ticket_id).where(clocks.c.id.in_(ids))
    return {row.id: str(row.ticket_id) for row in await tx.execute(query)}


async def lock_by_tickets(tx: Connection, ticket_ids: Collection[UUID]) -> list[TicketClock]:
    """All clocks of these tickets, locked: the customer's, the partners', second level's."""
    return await _lock_where(tx, clocks.c.ticket_id.in_(ticket_ids))


async def lock_by_id(tx: Connection, id: UUID) -> TicketClock | None:
    return next(iter(await _lock_where(tx, clocks.c.id == id)), None)


async def lock_by_ids(tx: Connection, ids: Collection[UUID]) -> list[TicketClock]:
    return await _lock_where(tx, clocks.c.id.in_(ids))


async def _lock_where(tx: Connection, condition: ColumnElement[bool]) -> list[TicketClock]:
    # Loaded by a second statement: what the locking one joins to is as old as its wait was long.
    statement = select(clocks.c.id).where(condition).order_by(clocks.c.id).with_for_update()
    return await load(tx, list(await tx.scalars(statement)))


async def load(tx: Connection, ids: Collection[UUID]) -> list[TicketClock]:
    """These clocks, in the order of their ids."""
    statement = _SELECT.where(clocks.c.id.in_(ids)).order_by(clocks.c.id)
    return [_ticket_clock(row) for row in await tx.execute(statement)]


async def list_by_ticket(tx: Connection, ticket_id: UUID) -> list[TicketClock]:
    ordered = (clocks.c.forwarding, clocks.c.metric)
    statement = _SELECT.where(clocks.c.ticket_id == ticket_id).order_by(*ordered)
    return [_ticket_clock(row) for row in await tx.execute(statement)]


async def get_metrics(
    tx: Connection, ticket_ids: Collection[UUID]
) -> set[tuple[UUID, int, Metric]]:
    """What is measured of these tickets: ticket, forwarding (0: for the customer), metric."""
    columns = (clocks.c.ticket_id, clocks.c.forwarding, clocks.c.metric)
    rows = await tx.execute(select(*columns).where(clocks.c.ticket_id.in_(ticket_ids)))
    return {(row.ticket_id, row.forwarding, row.metric) for row in rows}


async def add(tx: Connection, new_clocks: Sequence[tuple[TicketClock, Input]]) -> None:
    """Store new clocks, each with the input that opened it."""
    rows = [
        (*_fixed_values(one), *_mutable_values(one), *column_values(opened))
        for one, opened in new_clocks
    ]
    await (await asyncpg_connection(tx)).execute(_INSERT, *_transpose(rows, len(_NEW_COLUMNS)))


async def save(tx: Connection, ticket_clocks: Sequence[TicketClock]) -> None:
    """Store clocks that were locked before."""
    rows = [(one.id, *_mutable_values(one)) for one in ticket_clocks]
    await (await asyncpg_connection(tx)).execute(_UPDATE, *_transpose(rows, len(_UPDATE_COLUMNS)))


def _ticket_clock(row: Row[Any]) -> TicketClock:
    clock, ticket = load_clock(row.course), ticket_from_row(row)
    if row.forwarding:
        own_agreement = {
            "agreement_version": row.own_agreement_version,
            "agreement": row.own_agreement,
        }
        ticket = replace(ticket, **own_agreement)
    stored = (row.ordinal, row.sequence, row.next_at, row.forwarding, row.partner)
    return TicketClock(row.clock_id, ticket, clock, *stored)


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
    return (
        clock.state,
        clock.deadline,
        clock.breached_at,
        clock.outcome,
        _outcome_at(clock),
        ticket_clock.next_at,
        ticket_clock.ordinal,
        ticket_clock.sequence,
        dump_clock(clock),
        *_stop_figures(clock),
    )


def _stop_figures(clock: Clock) -> tuple[datetime, int] | tuple[None, None]:
    """When it stopped, and how many seconds its longest cycle took."""
    if clock.state != "stopped" or clock.stopped_at is None:
        return None, None
    return clock.stopped_at, max(clock.worst, clock.counted) // SECOND


def _outcome_at(clock: Clock) -> datetime | None:
    return clock.stopped_at if clock.outcome == "met" else clock.outcome and clock.breached_at


def _transpose(rows: Iterable[tuple[Any, ...]], width: int) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)] or [[] for _ in range(width)]
