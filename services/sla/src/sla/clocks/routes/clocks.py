"""Clocks as people see them: the queue, one clock, why it stands where it stands, and its replay."""

from datetime import datetime, timedelta
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Depends, Query, Response

from common.auth import Caller, requires
from common.errors import NotFound
from common.http import Instant, Page, Paging, RequestModel, encode_cursor, router, set_etag
from common.persistence.database import Connection, Transaction, transaction_time
from sla.agreements.domain.agreement import Contract
from sla.calendars.schemas import Name, id_or_key
from sla.clocks.commands import load_timetables
from sla.clocks.domain.clock import State
from sla.clocks.domain.ticket_clock import TicketClock
from sla.clocks.replay import replay
from sla.clocks.schemas import (
    ClockDetailRead,
    ClockRead,
    ReplayRead,
    clock_to_response,
    firings_to_response,
)
from sla.clocks.store import clock_queue, clocks, inputs, tickets
from sla.clocks.store.clock_queue import ClockFilter
from sla.directory.fields import CustomerFilter

routes = router("/v1/clocks", tags=["clocks"])
ticket_routes = router("/v1/tickets", tags=["clocks"])

SECOND = timedelta(seconds=1)
OPEN_STATES: tuple[State, ...] = ("running", "paused")


@routes.get("")
async def list_clocks(
    tx: Transaction,
    page: Annotated[Paging, Depends()],
    caller: Annotated[Caller, requires("clocks:read")],
    state: Annotated[State | None, Query(description="Without it: all open ones.")] = None,
    due_before: Annotated[Instant | None, Query()] = None,
    customer: CustomerFilter = None,
    contract: Annotated[
        Contract | None, Query(description="Whose promise; without it all.")
    ] = None,
    sort: Annotated[Literal["due"], Query()] = "due",
) -> Page[ClockRead]:
    """List clocks in the order in which their promises break.

    Clocks without a deadline come last.
    """
    if customer is not None and not caller.can_see(customer):
        return Page[ClockRead](items=[])
    filters = ClockFilter(
        states=(state,) if state else OPEN_STATES,
        due_before=due_before,
        customer=caller.customer or customer,
        contract="sla" if caller.customer else contract,
    )
    rows = await clock_queue.list_page(tx, filters, page.limit, _queue_cursor(page))
    page_rows = rows[: page.limit]
    last = page_rows[-1] if len(rows) > page.limit else None
    return Page[ClockRead](
        items=await _to_responses(tx, page_rows),
        next=encode_cursor(last.clock.deadline, last.id) if last else None,
    )


@routes.get("/{clock_id}")
async def get_clock(
    clock_id: UUID,
    tx: Transaction,
    response: Response,
    caller: Annotated[Caller, requires("clocks:read")],
) -> ClockDetailRead:
    """Get a clock with all its firings: when each was due, when it fired, and how late."""
    ticket_clock = await get_visible_clock(tx, clock_id, caller)
    (clock,) = await _to_responses(tx, [ticket_clock])
    set_etag(response, ticket_clock.sequence)
    firings = firings_to_response(await inputs.list_by_clock(tx, clock_id))
    return ClockDetailRead(**clock.model_dump(), firings=firings)


@ticket_routes.get("/{name}/clocks")
async def list_ticket_clocks(
    name: Name, tx: Transaction, caller: Annotated[Caller, requires("clocks:read")]
) -> Page[ClockRead]:
    """List the clocks of a ticket, by its id or key.

    A customer's contact sees those of the customer's agreement alone.
    """
    ticket = await tickets.find(tx, id_or_key(name))
    if ticket is None or caller.customer not in (None, ticket.customer):
        raise NotFound("This ticket")
    ticket_clocks = await clocks.list_by_ticket(tx, ticket.id)
    return Page[ClockRead](
        items=await _to_responses(tx, [one for one in ticket_clocks if _can_see(caller, one)])
    )


class ClockReplay(RequestModel):
    """`as_known_at`: only what was known then is folded; all of it where it is missing."""

    as_known_at: datetime | None = None


@routes.post("/{clock_id}/replay")
async def replay_clock(
    clock_id: UUID,
    tx: Transaction,
    caller: Annotated[Caller, requires("clocks:read")],
    body: ClockReplay | None = None,
) -> ReplayRead:
    """Replay the stored inputs of a clock.

    `same`: whether the result is the stored clock, byte for byte.
    """
    ticket_clock = await get_visible_clock(tx, clock_id, caller)
    known_until = body.as_known_at if body else None
    stored_inputs = await inputs.list_by_clock(tx, clock_id, known_until)
    if not stored_inputs:
        raise NotFound("At that instant the clock")
    extra_terms = [one.input.terms for one in stored_inputs if one.input.terms]
    tables = await load_timetables(tx, [ticket_clock], extra_terms)
    clock, difference = replay(ticket_clock.clock, [one.input for one in stored_inputs], tables)
    is_complete = len(stored_inputs) == ticket_clock.ordinal
    return ReplayRead(
        state=clock.state,
        deadline=clock.deadline,
        elapsed_seconds=clock.counted // SECOND,
        breached_at=clock.breached_at,
        outcome=clock.outcome,
        generation=clock.generation,
        inputs=len(stored_inputs),
        firings=firings_to_response(stored_inputs),
        same=difference is None and clock == ticket_clock.clock if is_complete else None,
    )


async def get_visible_clock(tx: Connection, id: UUID, caller: Caller) -> TicketClock:
    """The clock, if it exists for this caller. Raises NotFound."""
    ticket_clocks = await clocks.load(tx, [id])
    if not ticket_clocks or not _can_see(caller, ticket_clocks[0]):
        raise NotFound("This clock")
    return ticket_clocks[0]


def _can_see(caller: Caller, ticket_clock: TicketClock) -> bool:
    """What partners and second level promised us is not the customer's business."""
    if caller.customer is None:
        return True
    return caller.customer == ticket_clock.ticket.customer and ticket_clock.clock.contract == "sla"


async def _to_responses(tx: Connection, ticket_clocks: list[TicketClock]) -> list[ClockRead]:
    at, tables = await transaction_time(tx), await load_timetables(tx, ticket_clocks)
    return [clock_to_response(one, at, tables) for one in ticket_clocks]


def _queue_cursor(page: Paging) -> clock_queue.QueueCursor | None:
    without_deadline = page.after is not None and page.after[:1] == (None,)
    after = page.after_as(type(None) if without_deadline else datetime, UUID)
    return after and (after[0], after[1])
