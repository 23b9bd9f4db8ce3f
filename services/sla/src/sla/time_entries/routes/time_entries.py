"""Work that was done on tickets, in minutes: recorded by staff, corrected by further records."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, Response
from pydantic import Field

from common.auth import Caller, requires
from common.errors import Conflict, NotFound, ValidationFailed, Violation
from common.http import Page, Paging, RequestModel, ResponseModel, encode_cursor, router
from common.persistence.database import Connection, Transaction, transaction_time
from common.persistence.ids import uuid7
from sla.calendars.schemas import Name, id_or_key
from sla.clocks.domain.ticket_clock import Ticket
from sla.clocks.store import tickets
from sla.time_entries.commands import book, hold
from sla.time_entries.store import time_entries
from sla.time_entries.store.time_entries import Work

routes = router("/v1/time-entries", tags=["work"])

EARLIEST = date(2000, 1, 1)
AHEAD = timedelta(days=1)
"""East of Greenwich it may be tomorrow already."""
Rate = Annotated[str, Field(pattern="^[a-z][a-z0-9_-]{0,39}$")]


class WorkAsked(RequestModel):
    """`day` is a date where the person worked; `person` a `sub`, without it the caller. `rate` is a
    name in the rate sheet of that day."""

    ticket: Name
    minutes: Annotated[int, Field(ge=1, le=1440)]
    day: date
    person: Name | None = None
    rate: Rate = "standard"


class CorrectionAsked(RequestModel):
    """`minutes`: how many it really were, 0 where it was none."""

    minutes: Annotated[int, Field(ge=0, le=1440)]
    reason: Annotated[str, Field(min_length=3, max_length=2000)]


class WorkTold(ResponseModel):
    """`corrects`: the record that this one corrects; `minutes` is the difference then."""

    id: UUID
    key: str
    ticket_id: UUID
    person: str
    minutes: int
    day: date
    rate: str
    corrects: UUID | None
    reason: str | None
    created_by: str
    created_at: datetime


@routes.post("", status_code=201)
async def record_work(
    asked: WorkAsked,
    tx: Transaction,
    response: Response,
    caller: Annotated[Caller, requires("time-entries:write")],
) -> WorkTold:
    """Counts against the reserved hours of the agreement that covers the ticket, if there are any."""
    ticket = await _ticket(tx, asked.ticket)
    if ticket.customer_id is None:
        raise Conflict("The ticket is in triage: find out whose it is first.")
    at = await transaction_time(tx)
    if not EARLIEST <= asked.day <= (at + AHEAD).date():
        raise ValidationFailed(
            [Violation("/day", "range", "give a day that has begun, from 2000 on")]
        )
    recorded = Work(
        id=uuid7(),
        key=await time_entries.next_key(tx),
        ticket_id=ticket.id,
        customer_id=ticket.customer_id,
        agreement_id=await time_entries.agreement_of(tx, ticket.id),
        person=asked.person or caller.sub,
        minutes=asked.minutes,
        day=asked.day,
        rate=asked.rate,
        corrects=None,
        reason=None,
        created_by=caller.sub,
        created_at=at,
    )
    return await _booked(tx, recorded, caller, response)


@routes.post("/{name}/corrections", status_code=201)
async def correct_work(
    name: Name,
    asked: CorrectionAsked,
    tx: Transaction,
    response: Response,
    caller: Annotated[Caller, requires("time-entries:write")],
) -> WorkTold:
    """A record of the difference; the first one stays as it was written."""
    first = await time_entries.find(tx, id_or_key(name))
    if first is None:
        raise NotFound("This record")
    if first.corrects is not None:
        raise Conflict("This is a correction. Correct the first record again instead.")
    await time_entries.lock(tx, first.id)
    difference = asked.minutes - await time_entries.standing(tx, first.id)
    if difference == 0:
        raise Conflict("That is what stands already.")
    recorded = replace(
        first,
        id=uuid7(),
        key=await time_entries.next_key(tx),
        minutes=difference,
        corrects=first.id,
        reason=asked.reason,
        created_by=caller.sub,
    )
    return await _booked(tx, recorded, caller, response)


@routes.get("")
async def list_work(
    tx: Transaction,
    page: Annotated[Paging, Depends()],
    caller: Annotated[Caller, requires("time-entries:read")],
    ticket: Annotated[str | None, Query(max_length=100, description="By id or key.")] = None,
) -> Page[WorkTold]:
    """In the order of recording; corrections are records of their own."""
    wanted = None if ticket is None else (await _ticket(tx, ticket, "/query/ticket")).id
    after = page.after_as(UUID)
    found = await time_entries.page(tx, wanted, page.limit, after and (after[0],))
    shown = [WorkTold.model_validate(one) for one in found[: page.limit]]
    last = shown[-1] if len(found) > page.limit else None
    return Page[WorkTold](items=shown, next=encode_cursor(last.id) if last else None)


@routes.get("/{name}")
async def show_work(
    name: Name, tx: Transaction, caller: Annotated[Caller, requires("time-entries:read")]
) -> WorkTold:
    found = await time_entries.find(tx, id_or_key(name))
    if found is None:
        raise NotFound("This record")
    return WorkTold.model_validate(found)


async def _ticket(tx: Connection, name: str, pointer: str = "/ticket") -> Ticket:
    found = await tickets.find(tx, id_or_key(name))
    if found is None:
        raise ValidationFailed([Violation(pointer, "unknown", f"there is no ticket {name!r}")])
    return found


async def _booked(tx: Connection, recorded: Work, caller: Caller, response: Response) -> WorkTold:
    account = await hold(tx, recorded)
    recorded = replace(recorded, created_at=await transaction_time(tx))
    await book(tx, recorded, account, caller)
    response.headers["Location"] = f"/v1/time-entries/{recorded.id}"
    return WorkTold.model_validate(recorded)
