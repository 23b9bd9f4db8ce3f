"""Clocks: locked, loaded at once, and stored set-based.

The aggregate's row is locked before its deadline is touched, in the order of ids, by handlers and
timers alike.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Row, Uuid, bindparam, select, text

from common.persistence.database import Connection, asyncpg_connection
from sla.agreements.domain.agreement import Metric
from sla.clocks.domain.clock import Clock, Input
from sla.clocks.domain.codec import read, written
from sla.clocks.domain.ticket_clock import Tracked
from sla.clocks.store.inputs import columns_of
from sla.clocks.store.tickets import ticket_of
from sla.clocks.tables import clocks
from sla.clocks.ticket_tables import tickets

SECOND = timedelta(seconds=1)

_LOCK = text(
    "SELECT id FROM clocks WHERE id = ANY(:ids) ORDER BY id FOR UPDATE SKIP LOCKED"
).bindparams(bindparam("ids", type_=ARRAY(Uuid)))

_LOADED = select(
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

_BORN_WITH = {
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
_CHANGING = {
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
_COLUMNS = _BORN_WITH | _CHANGING


def _unnested(columns: Mapping[str, str]) -> str:
    arrays = ", ".join(f"${n}::{kind}[]" for n, kind in enumerate(columns.values(), start=1))
    return f"unnest({arrays})"


_FIRST_HEARD = {
    "heard": "int",
    "heard_kind": "text",
    "heard_at": "timestamptz",
    "known_at": "timestamptz",
    "body": "text",
}
_NEW = _COLUMNS | _FIRST_HEARD
_ADD = f"""
WITH new ({", ".join(_NEW)}) AS (SELECT * FROM {_unnested(_NEW)}), added AS (
    INSERT INTO clocks ({", ".join(_COLUMNS)}) SELECT {", ".join(_COLUMNS)} FROM new
)
INSERT INTO clock_inputs (clock_id, ordinal, kind, at, known_at, body, fired_without_events)
SELECT id, {", ".join(_FIRST_HEARD)}, false FROM new
"""
_SAVED = {"id": "uuid"} | _CHANGING
_SAVE = f"""
UPDATE clocks SET {", ".join(f"{name} = new.{name}" for name in _CHANGING)}
FROM {_unnested(_SAVED)} AS new ({", ".join(_SAVED)})
WHERE clocks.id = new.id
"""


async def lock(tx: Connection, ids: Sequence[UUID]) -> set[UUID]:
    """Lock the clocks that nobody else holds. One that does not exist counts as locked."""
    locked = set(await tx.scalars(_LOCK, {"ids": list(ids)}))
    free = set(await tx.scalars(select(clocks.c.id).where(clocks.c.id.in_(ids))))
    return locked | (set(ids) - free)


async def lock_of_tickets(tx: Connection, ticket_ids: Collection[UUID]) -> list[Tracked]:
    """All clocks of these tickets, locked: the customer's, the partners', second level's."""
    return await _locked(tx, clocks.c.ticket_id.in_(ticket_ids))


async def lock_one(tx: Connection, id: UUID) -> Tracked | None:
    return next(iter(await _locked(tx, clocks.c.id == id)), None)


async def lock_many(tx: Connection, ids: Collection[UUID]) -> list[Tracked]:
    return await _locked(tx, clocks.c.id.in_(ids))


async def _locked(tx: Connection, wanted: ColumnElement[bool]) -> list[Tracked]:
    # Loaded by a second statement: what the locking one joins to is as old as its wait was long.
    mine = select(clocks.c.id).where(wanted).order_by(clocks.c.id).with_for_update()
    return await load(tx, list(await tx.scalars(mine)))


async def load(tx: Connection, ids: Collection[UUID]) -> list[Tracked]:
    """These clocks, in the order of their ids."""
    found = _LOADED.where(clocks.c.id.in_(ids)).order_by(clocks.c.id)
    return [_tracked(row) for row in await tx.execute(found)]


async def of_ticket(tx: Connection, ticket_id: UUID) -> list[Tracked]:
    ordered = (clocks.c.forwarding, clocks.c.metric)
    found = _LOADED.where(clocks.c.ticket_id == ticket_id).order_by(*ordered)
    return [_tracked(row) for row in await tx.execute(found)]


async def metrics_of(tx: Connection, ticket_ids: Collection[UUID]) -> set[tuple[UUID, int, Metric]]:
    """What is measured of these tickets: ticket, forwarding (0: for the customer), metric."""
    columns = (clocks.c.ticket_id, clocks.c.forwarding, clocks.c.metric)
    rows = await tx.execute(select(*columns).where(clocks.c.ticket_id.in_(ticket_ids)))
    return {(row.ticket_id, row.forwarding, row.metric) for row in rows}


async def add(tx: Connection, begun: Sequence[tuple[Tracked, Input]]) -> None:
    """Store new clocks, each with the input that opened it."""
    rows = [(*_born_with(one), *_changing(one), *columns_of(opened)) for one, opened in begun]
    await (await asyncpg_connection(tx)).execute(_ADD, *_turned(rows, len(_NEW)))


async def save(tx: Connection, changed: Sequence[Tracked]) -> None:
    """Store clocks that were locked before."""
    rows = [(one.id, *_changing(one)) for one in changed]
    await (await asyncpg_connection(tx)).execute(_SAVE, *_turned(rows, len(_SAVED)))


def _tracked(row: Row[Any]) -> Tracked:
    clock, ticket = read(row.course), ticket_of(row)
    if row.forwarding:
        own = {"agreement_version": row.own_agreement_version, "agreement": row.own_agreement}
        ticket = replace(ticket, **own)
    stored = (row.ordinal, row.sequence, row.next_at, row.forwarding, row.partner)
    return Tracked(row.clock_id, ticket, clock, *stored)


def _born_with(tracked: Tracked) -> tuple[Any, ...]:
    ticket, own = tracked.ticket, tracked.forwarding > 0
    return (
        tracked.id,
        ticket.id,
        ticket.customer_id,
        tracked.clock.metric,
        tracked.clock.contract,
        tracked.forwarding,
        tracked.partner,
        ticket.agreement_version if own else None,
        ticket.agreement if own else None,
        (ticket.service or "") if tracked.clock.contract == "sla" else None,
    )


def _changing(tracked: Tracked) -> tuple[Any, ...]:
    clock = tracked.clock
    return (
        clock.state,
        clock.deadline,
        clock.breached_at,
        clock.outcome,
        _outcome_at(clock),
        tracked.next_at,
        tracked.ordinal,
        tracked.sequence,
        written(clock),
        *_ended(clock),
    )


def _ended(clock: Clock) -> tuple[datetime, int] | tuple[None, None]:
    """When it stopped, and how many seconds its longest cycle took."""
    if clock.state != "stopped" or clock.stopped_at is None:
        return None, None
    return clock.stopped_at, max(clock.worst, clock.counted) // SECOND


def _outcome_at(clock: Clock) -> datetime | None:
    return clock.stopped_at if clock.outcome == "met" else clock.outcome and clock.breached_at


def _turned(rows: Iterable[tuple[Any, ...]], width: int) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)] or [[] for _ in range(width)]
