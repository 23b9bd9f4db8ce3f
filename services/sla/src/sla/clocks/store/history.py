"""Past tickets with their clocks and inputs, loaded in batches."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, tuple_

from common.persistence.database import Connection
from sla.clocks.domain.clock import Input
from sla.clocks.domain.codec import load_input
from sla.clocks.domain.ticket_clock import TicketClock
from sla.clocks.store import clocks
from sla.clocks.tables import clock_inputs
from sla.clocks.tables import clocks as clock_table
from sla.clocks.ticket_tables import tickets
from sla.directory.tables import customers

TicketCursor = tuple[datetime, UUID]
"""Opening and id of the last ticket of a page."""


@dataclass(frozen=True, slots=True)
class TicketFilter:
    """Tickets opened since then, of these customers and services; empty: all."""

    since: datetime
    customers: tuple[UUID, ...]
    services: tuple[str, ...]


async def list_opened(
    tx: Connection, filters: TicketFilter, limit: int, after: TicketCursor | None
) -> Sequence[TicketCursor]:
    """List up to `limit` tickets, the one opened last first."""
    customer_ids = filters.customers or select(customers.c.id)
    statement = select(tickets.c.opened_at, tickets.c.id).where(
        tickets.c.opened_at >= filters.since, tickets.c.customer_id.in_(customer_ids)
    )
    if filters.services:
        statement = statement.where(tickets.c.service.in_(filters.services))
    if after is not None:
        statement = statement.where(tuple_(tickets.c.opened_at, tickets.c.id) < after)
    newest = statement.order_by(tickets.c.opened_at.desc(), tickets.c.id.desc()).limit(limit)
    return [(row.opened_at, row.id) for row in await tx.execute(newest)]


async def list_open(tx: Connection, ticket_ids: Collection[UUID]) -> set[UUID]:
    """Return the ids of those of these tickets that are open."""
    still_open = tickets.c.id.in_(ticket_ids) & tickets.c.ended_at.is_(None)
    return set(await tx.scalars(select(tickets.c.id).where(still_open)))


async def load_clocks(tx: Connection, ticket_ids: Collection[UUID]) -> list[TicketClock]:
    """Return all clocks of these tickets, without locks."""
    statement = select(clock_table.c.id).where(clock_table.c.ticket_id.in_(ticket_ids))
    return await clocks.load(tx, list(await tx.scalars(statement)))


async def load_inputs(tx: Connection, ids: Collection[UUID]) -> dict[UUID, list[Input]]:
    """Return the inputs of each of these clocks, in order."""
    statement = select(clock_inputs).where(clock_inputs.c.clock_id.in_(ids))
    ordered = statement.order_by(clock_inputs.c.clock_id, clock_inputs.c.ordinal)
    inputs_by_clock: dict[UUID, list[Input]] = {id: [] for id in ids}
    for row in await tx.execute(ordered):
        one = load_input(row.ordinal, row.kind, row.at, row.known_at, row.body)
        inputs_by_clock[row.clock_id].append(one)
    return inputs_by_clock
