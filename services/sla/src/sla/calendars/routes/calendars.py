"""Business calendars: named, versioned, never rewritten (A5)."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Response
from pydantic import Field

from common.audit import Entry, record
from common.auth import Caller, requires
from common.errors import Forbidden, NotFound
from common.http import Page, Paging, ResponseModel, encode_cursor, router
from common.persistence.database import Transaction, transaction_time
from sla.calendars import store as calendars
from sla.calendars.commands import keep
from sla.calendars.schemas import CalendarAsked, Name, PublicHolidays, definition_of, id_or_key
from sla.calendars.store import CalendarVersion

routes = router("/v1/calendars", tags=["calendars"])

YEARS_OF_HOLIDAYS = 10


class NamedCalendarAsked(CalendarAsked):
    """A key that exists already gets its next version; what runs on the former one keeps it.

    Public holidays are taken over as dates, for the year before and ten years from now.
    """

    key: Annotated[str, Field(pattern="^[a-z0-9][a-z0-9-]{0,62}$")]
    public_holidays: Annotated[tuple[PublicHolidays, ...], Field(max_length=10)] = ()


class CalendarTold(ResponseModel):
    """`definition.feed` is what was imported last; `source` says where this version has it from."""

    id: UUID
    key: str
    version: int
    tz_version: str
    definition: dict[str, Any]
    created_by: str
    created_at: datetime
    source: dict[str, Any] | None


@routes.post("", status_code=201)
async def make_calendar(
    asked: NamedCalendarAsked,
    tx: Transaction,
    response: Response,
    caller: Annotated[Caller, requires("calendars:write")],
) -> CalendarTold:
    """Refused when it ever stays shut for more than five years (A4). What was imported stays."""
    at = await transaction_time(tx)
    years = range(at.year - 1, at.year + YEARS_OF_HOLIDAYS + 1)
    definition = definition_of(asked, asked.public_holidays, years)
    await calendars.lock(tx, asked.key)
    former = await calendars.find(tx, asked.key)
    fed = {"feed": former.definition["feed"]} if former and "feed" in former.definition else {}
    made = await keep(tx, asked.key, definition | fed, (caller.sub, at))
    grounds = {"key": made.key, "version": made.version, "tz_version": made.tz_version}
    await record(tx, Entry(at, caller.sub, "calendar.make", f"calendar/{made.id}", grounds))
    response.headers["Location"] = f"/v1/calendars/{made.id}"
    return CalendarTold.model_validate(made)


@routes.get("")
async def list_calendars(
    tx: Transaction,
    page: Annotated[Paging, Depends()],
    caller: Annotated[Caller, requires("agreements:read")],
) -> Page[CalendarTold]:
    """All versions, by key."""
    if caller.customer is not None:
        raise Forbidden("Calendars are shown with the agreements that name them.")
    after = page.after_as(str, int)
    found = await calendars.page(tx, page.limit, after and (after[0], after[1]))
    return paged(found, page.limit)


@routes.get("/{name}")
async def show_calendar(
    name: Name, tx: Transaction, caller: Annotated[Caller, requires("agreements:read")]
) -> CalendarTold:
    """A version by its id, or the newest one by the key."""
    found = None if caller.customer else await calendars.find(tx, id_or_key(name))
    if found is None:
        raise NotFound("This calendar")
    return CalendarTold.model_validate(found)


def paged(found: list[CalendarVersion], limit: int) -> Page[CalendarTold]:
    shown = [CalendarTold.model_validate(one) for one in found[:limit]]
    last = shown[-1] if len(found) > limit else None
    return Page[CalendarTold](
        items=shown, next=encode_cursor(last.key, last.version) if last else None
    )
