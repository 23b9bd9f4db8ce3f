"""The routes of time entries: staff's minutes on tickets, corrected by further entries."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, Response
from pydantic import Field

from common.auth import Caller, requires
from common.errors import Conflict, NotFound, ValidationFailed, Violation
from common.http import Page, Paging, Refers, RequestModel, ResponseModel, Transaction, router
from common.http.fields import Reason
from common.persistence.database import Connection, transaction_time
from common.persistence.ids import uuid7
from common.persistence.keys import id_or_key
from sla.calendars.schemas import Name
from sla.clocks.domain.ticket_clock import Ticket
from sla.clocks.store import tickets
from sla.path_parameters import TimeEntryRef
from sla.time_entries.commands import lock_account, save_entry
from sla.time_entries.store import time_entries
from sla.time_entries.store.time_entries import TimeEntry

routes = router("/v1/time-entries", tags=["time entries"])

MIN_DAY = date(2000, 1, 1)
MAX_DAYS_AHEAD = timedelta(days=1)
"""Time zones east of UTC may be on the next date already."""
RateName = Annotated[str, Field(pattern="^[a-z][a-z0-9_-]{0,39}$")]


class TimeEntryCreate(RequestModel):
    """`day`: the date where the person worked. `person`: a `sub`; by default the caller. `rate`: a
    name in the rate card of that day."""

    ticket: Annotated[Name, Refers("ticket")]
    minutes: Annotated[int, Field(ge=1, le=1440)]
    day: date
    person: Annotated[Name | None, Refers("person")] = None
    rate: RateName = "standard"


class TimeEntryCorrectionCreate(RequestModel):
    """`minutes`: the correct number, 0 where no time was spent."""

    minutes: Annotated[int, Field(ge=0, le=1440)]
    reason: Reason


class TimeEntryRead(ResponseModel):
    """`corrects`: the entry that this one corrects; its `minutes` are the difference then."""

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
async def create_time_entry(
    body: TimeEntryCreate,
    tx: Transaction,
    response: Response,
    caller: Annotated[Caller, requires("time-entries:write")],
) -> TimeEntryRead:
    """Create a time entry for work on a ticket. It uses reserved hours of the agreement that covers
    the ticket, if there are any."""
    ticket = await _resolve_ticket(tx, body.ticket)
    if ticket.customer_id is None:
        detail = "The ticket is in triage: find out whose it is first."
        raise Conflict(detail, code="IN_TRIAGE", type="conflict")
    at = await transaction_time(tx)
    if not MIN_DAY <= body.day <= (at + MAX_DAYS_AHEAD).date():
        raise ValidationFailed(
            [Violation("/day", "range", "give a day that has begun, from 2000 on")]
        )
    entry = TimeEntry(
        id=uuid7(),
        key=await time_entries.next_entry_key(tx),
        ticket_id=ticket.id,
        customer_id=ticket.customer_id,
        agreement_id=await time_entries.find_agreement_id(tx, ticket.id),
        person=body.person or caller.sub,
        minutes=body.minutes,
        day=body.day,
        rate=body.rate,
        corrects=None,
        reason=None,
        created_by=caller.sub,
        created_at=at,
    )
    return await _save_and_respond(tx, entry, caller, response)


@routes.post("/{time_entry}/corrections", status_code=201)
async def correct_time_entry(
    name: TimeEntryRef,
    body: TimeEntryCorrectionCreate,
    tx: Transaction,
    response: Response,
    caller: Annotated[Caller, requires("time-entries:write")],
) -> TimeEntryRead:
    """Correct a time entry. The correction is another entry with the difference; the first one does
    not change."""
    first = await time_entries.find(tx, name)
    if first is None:
        raise NotFound("This record")
    if first.corrects is not None:
        detail = "This is a correction. Correct the first record again instead."
        raise Conflict(detail, code="IS_A_CORRECTION", type="conflict")
    await time_entries.lock(tx, first.id)
    difference = body.minutes - await time_entries.total_minutes(tx, first.id)
    if difference == 0:
        raise Conflict("That is what stands already.", code="NOTHING_CHANGED", type="conflict")
    entry = replace(
        first,
        id=uuid7(),
        key=await time_entries.next_entry_key(tx),
        minutes=difference,
        corrects=first.id,
        reason=body.reason,
        created_by=caller.sub,
    )
    return await _save_and_respond(tx, entry, caller, response)


@routes.get("")
async def list_time_entries(
    tx: Transaction,
    page: Annotated[Paging, Depends()],
    caller: Annotated[Caller, requires("time-entries:read")],
    ticket: Annotated[
        str | None, Query(max_length=100, description="By id or key."), Refers("ticket")
    ] = None,
) -> Page[TimeEntryRead]:
    """List time entries in the order in which they were created. Corrections are entries of their
    own."""
    ticket_id = None if ticket is None else (await _resolve_ticket(tx, ticket, "/query/ticket")).id
    entries = await time_entries.page(tx, ticket_id, page.limit, page.after_as(UUID))
    return page.page_of(entries, TimeEntryRead.model_validate, lambda entry: (entry.id,))


@routes.get("/{time_entry}")
async def get_time_entry(
    name: TimeEntryRef, tx: Transaction, caller: Annotated[Caller, requires("time-entries:read")]
) -> TimeEntryRead:
    """Get a time entry."""
    entry = await time_entries.find(tx, name)
    if entry is None:
        raise NotFound("This record")
    return TimeEntryRead.model_validate(entry)


async def _resolve_ticket(tx: Connection, name: str, pointer: str = "/ticket") -> Ticket:
    ticket = await tickets.find(tx, id_or_key(name))
    if ticket is None:
        raise ValidationFailed(
            [Violation(pointer, "unknown_reference", f"there is no ticket {name!r}")]
        )
    return ticket


async def _save_and_respond(
    tx: Connection, entry: TimeEntry, caller: Caller, response: Response
) -> TimeEntryRead:
    account = await lock_account(tx, entry)
    entry = replace(entry, created_at=await transaction_time(tx))
    await save_entry(tx, entry, account, caller)
    response.headers["Location"] = f"/v1/time-entries/{entry.id}"
    return TimeEntryRead.model_validate(entry)
