"""Calendars to and from elsewhere: iCalendar in, by upload or by address; iCalendar out; a picture."""

import asyncio
from hashlib import sha256
from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import Depends, Query, Request, Response
from pydantic import Field

from common.audit import Entry, record
from common.auth import Caller, requires
from common.errors import (
    NotFound,
    ServiceUnavailable,
    UnsupportedMediaType,
    ValidationFailed,
    Violation,
)
from common.http import RequestModel, router
from common.persistence.database import Connection, Transaction, transaction_time
from sla.calendars import store as calendars
from sla.calendars.chart import drawn
from sla.calendars.commands import keep
from sla.calendars.domain.calendar import Calendar
from sla.calendars.domain.definition import calendar_of, zone_of
from sla.calendars.domain.feed import BadFeed, Timed
from sla.calendars.domain.ics import read
from sla.calendars.domain.ics_export import exported
from sla.calendars.domain.zone import FIRST_YEAR, LAST_YEAR
from sla.calendars.feed_client import Fetcher, Unfetchable
from sla.calendars.routes.calendars import YEARS_OF_HOLIDAYS, CalendarTold
from sla.calendars.schemas import Name, built, id_or_key
from sla.calendars.store import CalendarVersion

routes = router("/v1/calendars", tags=["calendars"])

MEDIA = "text/calendar"
SVG = "image/svg+xml"
AT_ONCE = asyncio.Semaphore(2)
"""Fetches that run at a time: each holds a connection to the database while the world is slow."""

Year = Annotated[int, Query(gt=FIRST_YEAR, lt=LAST_YEAR, description="By default the present one.")]


class FetchAsked(RequestModel):
    """`timed`: what the feed's timed events are: times `closed`, times `open`, or `ignored`."""

    url: Annotated[
        str, Field(min_length=8, max_length=2000, examples=["https://acme.example/h.ics"])
    ]
    timed: Timed = "closed"


def fetcher() -> Fetcher:
    """What fetches feeds; a test puts another one in its place."""
    return Fetcher()


@routes.post(
    "/{name}/icalendar",
    status_code=201,
    responses={200: {"model": CalendarTold, "description": "It changes nothing."}},
    openapi_extra={
        "requestBody": {"required": True, "content": {MEDIA: {"schema": {"type": "string"}}}}
    },
)
async def import_feed(
    name: Name,
    request: Request,
    tx: Transaction,
    response: Response,
    caller: Annotated[Caller, requires("calendars:write")],
    timed: Annotated[Timed, Query()] = "closed",
) -> CalendarTold:
    """The next version of a calendar, fed with an iCalendar file in place of what fed it before.

    All-day events are holidays; what people wrote about a date goes before what a feed says.
    """
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media != MEDIA:
        raise UnsupportedMediaType(MEDIA)
    return await _fed(tx, name, await request.body(), timed, {}, caller, response)


@routes.post(
    "/{name}/icalendar/fetch",
    status_code=201,
    responses={200: {"model": CalendarTold, "description": "It changes nothing."}},
)
async def fetch_feed(
    name: Name,
    asked: FetchAsked,
    tx: Transaction,
    response: Response,
    caller: Annotated[Caller, requires("calendars:write")],
    fetches: Annotated[Fetcher, Depends(fetcher)],
) -> CalendarTold:
    """The same, from an address: http or https, public, at most 1 MiB, within 8 seconds."""
    if AT_ONCE.locked():
        raise ServiceUnavailable(5)
    async with AT_ONCE:
        try:
            text = await fetches.fetch(asked.url)
        except Unfetchable as refused:
            raise ValidationFailed([Violation("/url", "unfetchable", str(refused))]) from None
    # Of the address only the host is kept: the rest is often a secret.
    source = {"host": urlsplit(asked.url).hostname}
    return await _fed(tx, name, text, asked.timed, source, caller, response)


@routes.get(
    "/{name}/icalendar",
    response_class=Response,
    responses={200: {"content": {MEDIA: {"schema": {"type": "string"}}}}},
)
async def export_hours(
    name: Name,
    tx: Transaction,
    caller: Annotated[Caller, requires("agreements:read")],
    year: Year | None = None,
) -> Response:
    """A year's opening hours and holidays, for other calendars to subscribe to."""
    found, calendar, shown = await _year(tx, name, caller, year)
    feed = await asyncio.to_thread(exported, calendar, found.key, shown, found.created_at)
    return Response(feed, media_type=MEDIA)


@routes.get(
    "/{name}/chart.svg",
    response_class=Response,
    responses={200: {"content": {SVG: {"schema": {"type": "string"}}}}},
)
async def show_year(
    name: Name,
    tx: Transaction,
    caller: Annotated[Caller, requires("agreements:read")],
    year: Year | None = None,
) -> Response:
    """A year as SVG: how long each day is open, and the holidays by name."""
    found, calendar, shown = await _year(tx, name, caller, year)
    title = f"{found.key}, version {found.version}"
    return Response(drawn(calendar, title, shown), media_type=SVG)


async def _year(
    tx: Connection, name: str, caller: Caller, year: int | None
) -> tuple[CalendarVersion, Calendar, int]:
    found = None if caller.customer else await calendars.find(tx, id_or_key(name))
    if found is None:
        raise NotFound("This calendar")
    calendar = calendar_of(found.definition, zone_of(found.zone))
    return found, calendar, year or (await transaction_time(tx)).year


async def _fed(
    tx: Connection,
    key: str,
    text: bytes,
    timed: Timed,
    source: dict[str, Any],
    caller: Caller,
    response: Response,
) -> CalendarTold:
    await calendars.lock(tx, key)
    found = await calendars.find(tx, key)
    if found is None:
        raise NotFound("This calendar")
    at = await transaction_time(tx)
    zone = built(found.definition, "").zone
    years = range(at.year - 1, at.year + YEARS_OF_HOLIDAYS + 1)
    try:
        feed = await asyncio.to_thread(read, text, zone, years)
    except BadFeed as bad:
        raise ValidationFailed([Violation("", "icalendar", str(bad))]) from None
    definition = {**found.definition, "feed": feed.definition(timed)}
    if definition == found.definition:
        response.status_code = 200
        return CalendarTold.model_validate(found)
    grounds = source | {"sha256": sha256(text).hexdigest(), "timed": timed}
    made = await keep(tx, key, definition, (caller.sub, at), source=grounds)
    about = {"key": key, "version": made.version, **grounds}
    await record(tx, Entry(at, caller.sub, "calendar.import", f"calendar/{made.id}", about))
    response.headers["Location"] = f"/v1/calendars/{made.id}"
    return CalendarTold.model_validate(made)
