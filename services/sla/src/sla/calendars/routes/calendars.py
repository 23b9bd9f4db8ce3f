"""Create, list and get business calendars, whose versions never change (A5)."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Response
from pydantic import Field

from common.audit import Entry, record
from common.auth import Caller, requires
from common.errors import Forbidden, NotFound
from common.http import Page, Paging, ResponseModel, Transaction, router
from common.http.fields import Key
from common.persistence.database import transaction_time
from sla.calendars import store as calendars
from sla.calendars.commands import propose_version
from sla.calendars.domain.calendar_lifecycle import CalendarState
from sla.calendars.schemas import (
    CalendarDefinition,
    PublicHolidays,
    definition_of,
    find_visible,
)
from sla.path_parameters import CalendarRef

routes = router("/v1/calendars", tags=["calendars"])

YEARS_OF_HOLIDAYS = 10


class CalendarCreate(CalendarDefinition):
    """A key that exists gets its next version, which another person publishes.

    `effective_from`: from when on agreements follow it, now or later; by default from its publication.
    Public holidays are stored as dates, from the year before to ten years from now.
    """

    key: Key
    public_holidays: Annotated[tuple[PublicHolidays, ...], Field(max_length=10)] = ()
    effective_from: datetime | None = None


class CalendarForCustomer(ResponseModel):
    """The hours that were agreed with a customer, as data."""

    id: UUID
    key: str
    version: int
    tz_version: str
    definition: dict[str, Any]
    effective_from: datetime | None


class CalendarRead(ResponseModel):
    """`definition.feed`: what was imported last. `source`: where this version's feed came from.

    `effective_from`: from when on agreements follow it that are not pinned; null for a calendar of one
    agreement, which no other one follows.
    """

    id: UUID
    key: str
    version: int
    tz_version: str
    definition: dict[str, Any]
    created_by: str
    created_at: datetime
    source: dict[str, Any] | None
    state: CalendarState
    effective_from: datetime | None
    published_by: str | None
    published_at: datetime | None


@routes.post("", status_code=201)
async def create_calendar(
    body: CalendarCreate,
    tx: Transaction,
    response: Response,
    caller: Annotated[Caller, requires("calendars:write")],
) -> CalendarRead:
    """Create a calendar, or propose the next version of one, which another person publishes.

    A calendar that ever stays closed for more than five years is rejected. What was imported stays.
    """
    at = await transaction_time(tx)
    years = range(at.year - 1, at.year + YEARS_OF_HOLIDAYS + 1)
    definition = definition_of(body, body.public_holidays, years)
    await calendars.lock(tx, body.key)
    previous = await calendars.find_last(tx, body.key)
    feed_part = (
        {"feed": previous.definition["feed"]} if previous and "feed" in previous.definition else {}
    )
    created = await propose_version(
        tx, body.key, definition | feed_part, caller.sub, at, effective_from=body.effective_from
    )
    grounds = {"key": created.key, "version": created.version, "tz_version": created.tz_version}
    subject = f"calendar/{created.id}"
    await record(tx, Entry.by(caller.actor, at, "calendar.make", subject, grounds))
    response.headers["Location"] = f"/v1/calendars/{created.id}"
    return CalendarRead.model_validate(created)


@routes.get("")
async def list_calendars(
    tx: Transaction,
    page: Annotated[Paging, Depends()],
    caller: Annotated[Caller, requires("agreements:read")],
) -> Page[CalendarRead]:
    """List all calendar versions, by key."""
    if caller.customer is not None:
        raise Forbidden("Calendars are shown with the agreements that name them.")
    after = page.after_as(str, int)
    rows = await calendars.list_page(tx, page.limit, after)
    return page.page_of(rows, CalendarRead.model_validate, lambda one: (one.key, one.version))


@routes.get("/{calendar}")
async def get_calendar(
    name: CalendarRef, tx: Transaction, caller: Annotated[Caller, requires("agreements:read")]
) -> CalendarRead | CalendarForCustomer:
    """Get a calendar version by its id, or the one in effect by the key.

    Customers get the hours that their own agreements name.
    """
    version = await find_visible(tx, caller, name)
    if version is None:
        raise NotFound("This calendar")
    if caller.customer is not None:
        return CalendarForCustomer.model_validate(version)
    return CalendarRead.model_validate(version)
