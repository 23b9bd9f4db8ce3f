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
from sla.calendars.commands import create_version
from sla.calendars.schemas import CalendarDefinition, PublicHolidays, definition_of, id_or_key
from sla.path_parameters import CalendarRef

routes = router("/v1/calendars", tags=["calendars"])

YEARS_OF_HOLIDAYS = 10


class CalendarCreate(CalendarDefinition):
    """A key that exists gets its next version; clocks on the previous one keep it.

    Public holidays are stored as dates, from the year before to ten years from now.
    """

    key: Key
    public_holidays: Annotated[tuple[PublicHolidays, ...], Field(max_length=10)] = ()


class CalendarRead(ResponseModel):
    """`definition.feed`: what was imported last. `source`: where this version's feed came from."""

    id: UUID
    key: str
    version: int
    tz_version: str
    definition: dict[str, Any]
    created_by: str
    created_at: datetime
    source: dict[str, Any] | None


@routes.post("", status_code=201)
async def create_calendar(
    body: CalendarCreate,
    tx: Transaction,
    response: Response,
    caller: Annotated[Caller, requires("calendars:write")],
) -> CalendarRead:
    """Create a calendar, or the next version of one.

    A calendar that ever stays closed for more than five years is rejected. What was imported stays.
    """
    at = await transaction_time(tx)
    years = range(at.year - 1, at.year + YEARS_OF_HOLIDAYS + 1)
    definition = definition_of(body, body.public_holidays, years)
    await calendars.lock(tx, body.key)
    previous = await calendars.find(tx, body.key)
    feed_part = (
        {"feed": previous.definition["feed"]} if previous and "feed" in previous.definition else {}
    )
    created = await create_version(tx, body.key, definition | feed_part, caller.sub, at)
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
) -> CalendarRead:
    """Get a calendar version by its id, or the newest one by the key."""
    version = None if caller.customer else await calendars.find(tx, id_or_key(name))
    if version is None:
        raise NotFound("This calendar")
    return CalendarRead.model_validate(version)
