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
from sla.clocks.commands import timetables
from sla.clocks.domain.clock import State
from sla.clocks.domain.ticket_clock import Tracked
from sla.clocks.replay import replayed
from sla.clocks.schemas import ClockTold, OneClockTold, ReplayTold, clock_told, firings_told
from sla.clocks.store import clock_queue as queue
from sla.clocks.store import clocks, inputs, tickets
from sla.clocks.store.clock_queue import Wanted

routes = router("/v1/clocks", tags=["clocks"])
of_tickets = router("/v1/tickets", tags=["clocks"])

SECOND = timedelta(seconds=1)
OPEN: tuple[State, ...] = ("running", "paused")


@routes.get("")
async def list_clocks(
    tx: Transaction,
    page: Annotated[Paging, Depends()],
    caller: Annotated[Caller, requires("clocks:read")],
    state: Annotated[State | None, Query(description="Without it: all open ones.")] = None,
    due_before: Annotated[Instant | None, Query()] = None,
    customer: Annotated[str | None, Query(max_length=100, description="By key.")] = None,
    contract: Annotated[
        Contract | None, Query(description="Whose promise; without it all.")
    ] = None,
    sort: Annotated[Literal["due"], Query()] = "due",
) -> Page[ClockTold]:
    """The queue, in the order in which promises break; what has no deadline comes last."""
    if customer is not None and not caller.can_see(customer):
        return Page[ClockTold](items=[])
    wanted = Wanted(
        states=(state,) if state else OPEN,
        due_before=due_before,
        customer=caller.customer or customer,
        contract="sla" if caller.customer else contract,
    )
    found = await queue.page(tx, wanted, page.limit, _place(page))
    shown = found[: page.limit]
    last = shown[-1] if len(found) > page.limit else None
    return Page[ClockTold](
        items=await _told(tx, shown),
        next=encode_cursor(last.clock.deadline, last.id) if last else None,
    )


@routes.get("/{clock_id}")
async def show_clock(
    clock_id: UUID,
    tx: Transaction,
    response: Response,
    caller: Annotated[Caller, requires("clocks:read")],
) -> OneClockTold:
    """One clock, with every firing: when due, when fired, how late."""
    tracked = await visible(tx, clock_id, caller)
    (told,) = await _told(tx, [tracked])
    set_etag(response, tracked.sequence)
    firings = firings_told(await inputs.of_clock(tx, clock_id))
    return OneClockTold(**told.model_dump(), firings=firings)


@of_tickets.get("/{name}/clocks")
async def clocks_of_ticket(
    name: Name, tx: Transaction, caller: Annotated[Caller, requires("clocks:read")]
) -> Page[ClockTold]:
    """All clocks of a ticket, by its id or key; for its customer what they were promised."""
    ticket = await tickets.find(tx, id_or_key(name))
    if ticket is None or caller.customer not in (None, ticket.customer):
        raise NotFound("This ticket")
    found = await clocks.of_ticket(tx, ticket.id)
    return Page[ClockTold](items=await _told(tx, [one for one in found if _sees(caller, one)]))


class ReplayAsked(RequestModel):
    """`as_known_at`: only what was known then is folded; all of it where it is missing."""

    as_known_at: datetime | None = None


@routes.post("/{clock_id}/replay")
async def replay_clock(
    clock_id: UUID,
    tx: Transaction,
    caller: Annotated[Caller, requires("clocks:read")],
    asked: ReplayAsked | None = None,
) -> ReplayTold:
    """Fold the stored inputs again. `same`: whether that gives the stored clock, byte for byte."""
    tracked = await visible(tx, clock_id, caller)
    known_until = asked.as_known_at if asked else None
    heard = await inputs.of_clock(tx, clock_id, known_until)
    if not heard:
        raise NotFound("At that instant the clock")
    also = [one.heard.terms for one in heard if one.heard.terms]
    tables = await timetables(tx, [tracked], also)
    clock, wrong = replayed(tracked.clock, [one.heard for one in heard], tables)
    everything = len(heard) == tracked.ordinal
    return ReplayTold(
        state=clock.state,
        deadline=clock.deadline,
        elapsed_seconds=clock.counted // SECOND,
        breached_at=clock.breached_at,
        outcome=clock.outcome,
        generation=clock.generation,
        inputs=len(heard),
        firings=firings_told(heard),
        same=wrong is None and clock == tracked.clock if everything else None,
    )


async def visible(tx: Connection, id: UUID, caller: Caller) -> Tracked:
    """The clock, if it exists for this caller. Raises NotFound."""
    found = await clocks.load(tx, [id])
    if not found or not _sees(caller, found[0]):
        raise NotFound("This clock")
    return found[0]


def _sees(caller: Caller, tracked: Tracked) -> bool:
    """What partners and second level promised us is not the customer's business."""
    if caller.customer is None:
        return True
    return caller.customer == tracked.ticket.customer and tracked.clock.contract == "sla"


async def _told(tx: Connection, tracked: list[Tracked]) -> list[ClockTold]:
    at, tables = await transaction_time(tx), await timetables(tx, tracked)
    return [clock_told(one, at, tables) for one in tracked]


def _place(page: Paging) -> queue.Place | None:
    without_deadline = page.after is not None and page.after[:1] == (None,)
    after = page.after_as(type(None) if without_deadline else datetime, UUID)
    return after and (after[0], after[1])
