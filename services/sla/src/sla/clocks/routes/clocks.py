"""HTTP in: one clock, the clocks of a ticket, and the replay of a clock."""

from collections.abc import Collection
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Response
from msgspec.structs import replace

from common.auth import Caller, requires
from common.errors import NotFound
from common.http import (
    Page,
    RequestModel,
    Transaction,
    router,
    set_etag,
)
from common.persistence.database import Connection, transaction_time
from sla.agreements.store import agreements
from sla.clocks.commands import load_timetables
from sla.clocks.domain.schedule import next_firing
from sla.clocks.domain.ticket_clock import TicketClock
from sla.clocks.replay import replay
from sla.clocks.schemas import (
    AnyClock,
    ClockDetailForPartner,
    ClockDetailRead,
    ClockPage,
    ClockRead,
    ReplayRead,
    clock_to_response,
    detail_for_reader,
    firings_to_response,
    for_reader,
)
from sla.clocks.store import clocks, inputs, tickets
from sla.path_parameters import ClockId, TicketRef

routes = router("/v1/clocks", tags=["clocks"])
ticket_routes = router("/v1/tickets", tags=["clocks"])


@routes.get("/{clock}", response_model=ClockDetailRead | ClockDetailForPartner)
async def get_clock(
    clock_id: ClockId,
    tx: Transaction,
    response: Response,
    caller: Annotated[Caller, requires("promises:read")],
) -> ClockDetailRead | ClockDetailForPartner:
    """Get a clock with all its firings: when each was due, when it fired, and how late."""
    ticket_clock = await get_visible_clock(tx, clock_id, caller)
    (clock,) = await to_responses(tx, [ticket_clock])
    set_etag(response, ticket_clock.sequence)
    firings = firings_to_response(await inputs.list_by_clock(tx, clock_id))
    return detail_for_reader(ClockDetailRead(**clock.model_dump(), firings=firings), caller)


@ticket_routes.get("/{ticket}/clocks", response_model=ClockPage)
async def list_ticket_clocks(
    name: TicketRef, tx: Transaction, caller: Annotated[Caller, requires("promises:read")]
) -> Page[AnyClock]:
    """List the clocks of a ticket, by its id or key.

    A customer's contact sees those of the customer's agreement alone, a partner's person those of the
    partner's own contracts.
    """
    ticket = await tickets.find(tx, name)
    if ticket is None or caller.customer not in (None, ticket.customer):
        raise NotFound("This ticket")
    ticket_clocks = await clocks.list_by_ticket(tx, ticket.id)
    visible = [one for one in ticket_clocks if _can_see(caller, one)]
    if caller.partner is not None and not visible:
        raise NotFound("This ticket")
    responses = await to_responses(tx, visible)
    return Page[AnyClock](items=[for_reader(one, caller) for one in responses])


class ClockReplay(RequestModel):
    """`as_known_at`: only the inputs known then are folded, and the figures are those of that instant;
    all of them, and now, by default."""

    as_known_at: datetime | None = None


@routes.post("/{clock}/replay")
async def replay_clock(
    clock_id: ClockId,
    tx: Transaction,
    caller: Annotated[Caller, requires("clocks:read")],
    body: ClockReplay | None = None,
) -> ReplayRead:
    """Replay the stored inputs of a clock: the clock with all its firings, as it was known then or is now.

    `identical`: whether the result equals the stored clock.
    """
    ticket_clock = await get_visible_clock(tx, clock_id, caller)
    now = await transaction_time(tx)
    known_until = body.as_known_at if body else None
    at = min(known_until or now, now)
    stored_inputs = await inputs.list_by_clock(tx, clock_id, known_until)
    if not stored_inputs:
        raise NotFound("At that instant the clock")
    extra_terms = [one.input.terms for one in stored_inputs if one.input.terms]
    tables = await load_timetables(tx, [ticket_clock], extra_terms)
    clock, difference = replay(ticket_clock.clock, [one.input for one in stored_inputs], tables)
    is_complete = len(stored_inputs) == ticket_clock.ordinal
    firing = next_firing(clock, tables)
    defaults = await _house_defaults(tx, [ticket_clock])
    replayed = replace(ticket_clock, clock=clock, next_at=firing.due_at if firing else None)
    return ReplayRead(
        **clock_to_response(replayed, at, tables, defaults).model_dump(),
        firings=firings_to_response(stored_inputs),
        as_of=at,
        inputs=len(stored_inputs),
        identical=difference is None and clock == ticket_clock.clock if is_complete else None,
    )


async def get_visible_clock(tx: Connection, id: UUID, caller: Caller) -> TicketClock:
    """Return a clock that the caller may see. Raises NotFound."""
    ticket_clocks = await clocks.load(tx, [id])
    if not ticket_clocks or not _can_see(caller, ticket_clocks[0]):
        raise NotFound("This clock")
    return ticket_clocks[0]


def _can_see(caller: Caller, ticket_clock: TicketClock) -> bool:
    """Return whether the caller may see a clock: customers only promises to themselves, partners only
    those of their own contracts."""
    if caller.partner is not None:
        return caller.partner == ticket_clock.partner and ticket_clock.clock.contract == "uc"
    if caller.customer is None:
        return True
    return caller.customer == ticket_clock.ticket.customer and ticket_clock.clock.contract == "sla"


async def to_responses(tx: Connection, ticket_clocks: list[TicketClock]) -> list[ClockRead]:
    """The clocks as they are read now."""
    at, tables = await transaction_time(tx), await load_timetables(tx, ticket_clocks)
    defaults = await _house_defaults(tx, ticket_clocks)
    return [clock_to_response(one, at, tables, defaults) for one in ticket_clocks]


async def _house_defaults(tx: Connection, ticket_clocks: list[TicketClock]) -> Collection[UUID]:
    versions = {one.ticket.agreement_version for one in ticket_clocks} - {None}
    return await agreements.find_house_defaults(tx, versions)
