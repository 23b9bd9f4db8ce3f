"""Import calendars from iCalendar, by upload or URL; export a year as iCalendar or SVG."""

import asyncio
from hashlib import sha256
from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import Depends, Query, Request, Response
from pydantic import Field

from common.audit import Entry, record
from common.auth import Caller, requires
from common.confinement import ConfinementUnavailable
from common.errors import (
    NotFound,
    ServiceUnavailable,
    UnsupportedMediaType,
    ValidationFailed,
    Violation,
)
from common.http import RequestModel, Transaction, router
from common.persistence.database import Connection, transaction_time
from sla.calendars import store as calendars
from sla.calendars.chart import render_svg
from sla.calendars.commands import build_calendar, propose_version
from sla.calendars.domain.calendar import Calendar
from sla.calendars.domain.definition import calendar_from_definition, zone_from_json
from sla.calendars.domain.feed import BadFeed, Timed
from sla.calendars.domain.ics_export import export_year
from sla.calendars.domain.zone import FIRST_YEAR, LAST_YEAR
from sla.calendars.feed_client import FeedFetcher, FeedFetchError
from sla.calendars.feed_reader import read_feed
from sla.calendars.routes.calendars import YEARS_OF_HOLIDAYS, CalendarRead
from sla.calendars.schemas import find_visible
from sla.calendars.store import CalendarVersion
from sla.path_parameters import CalendarRef
from sla.rendering.theme_parameter import Theme

routes = router("/v1/calendars", tags=["calendars"])

ICALENDAR_TYPE = "text/calendar"
SVG_TYPE = "image/svg+xml"
FETCH_SLOTS = asyncio.Semaphore(2)
"""Concurrent fetches: each holds a database connection while it waits for the remote server."""

Year = Annotated[int, Query(gt=FIRST_YEAR, lt=LAST_YEAR, description="By default the present one.")]


class FeedFetch(RequestModel):
    """`timed_events`: what to do with timed events: closed time, open time, or ignore them."""

    url: Annotated[
        str, Field(min_length=8, max_length=2000, examples=["https://acme.example/h.ics"])
    ]
    timed_events: Timed = "closed"


def get_fetcher() -> FeedFetcher:
    """The fetcher of feeds: a dependency, which tests override."""
    return FeedFetcher()


@routes.post(
    "/{calendar}/icalendar",
    status_code=201,
    responses={200: {"model": CalendarRead, "description": "It changes nothing."}},
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {ICALENDAR_TYPE: {"schema": {"type": "string"}}},
        }
    },
)
async def import_feed(
    name: CalendarRef,
    request: Request,
    tx: Transaction,
    response: Response,
    caller: Annotated[Caller, requires("calendars:write")],
    timed_events: Annotated[Timed, Query()] = "closed",
) -> CalendarRead:
    """Import an iCalendar file into the next version of a calendar, replacing the previous import.

    Another person publishes that version: closing a day may weaken a promise.
    All-day events become holidays. A date's own override takes precedence over the feed.
    """
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != ICALENDAR_TYPE:
        raise UnsupportedMediaType(ICALENDAR_TYPE)
    return await _store_feed(tx, name, await request.body(), timed_events, {}, caller, response)


@routes.post(
    "/{calendar}/icalendar/fetch",
    status_code=201,
    responses={200: {"model": CalendarRead, "description": "It changes nothing."}},
)
async def fetch_feed(
    name: CalendarRef,
    body: FeedFetch,
    tx: Transaction,
    response: Response,
    caller: Annotated[Caller, requires("calendars:write")],
    feed_fetcher: Annotated[FeedFetcher, Depends(get_fetcher)],
) -> CalendarRead:
    """Fetch an iCalendar file and import it into the next version of a calendar.

    Another person publishes that version.
    The address is http or https and public; the file has at most 1 MiB and arrives within 8
    seconds.
    """
    if FETCH_SLOTS.locked():
        raise ServiceUnavailable(5)
    async with FETCH_SLOTS:
        try:
            content = await feed_fetcher.fetch(body.url)
        except FeedFetchError as error:
            raise ValidationFailed([Violation("/url", "unfetchable", str(error))]) from None
    # Only the host is stored: the rest of the URL is often a secret.
    source = {"host": urlsplit(body.url).hostname}
    return await _store_feed(tx, name, content, body.timed_events, source, caller, response)


@routes.get(
    "/{calendar}/icalendar",
    response_class=Response,
    responses={200: {"content": {ICALENDAR_TYPE: {"schema": {"type": "string"}}}}},
)
async def export_hours(
    name: CalendarRef,
    tx: Transaction,
    caller: Annotated[Caller, requires("agreements:read")],
    year: Year | None = None,
) -> Response:
    """Export a year's opening hours and holidays as iCalendar, for other calendars to subscribe to."""
    version, calendar, shown_year = await _load_year(tx, name, caller, year)
    feed = await asyncio.to_thread(
        export_year, calendar, version.key, shown_year, version.created_at
    )
    return Response(feed, media_type=ICALENDAR_TYPE)


@routes.get(
    "/{calendar}/chart.svg",
    response_class=Response,
    responses={200: {"content": {SVG_TYPE: {"schema": {"type": "string"}}}}},
)
async def get_year_svg(
    name: CalendarRef,
    tx: Transaction,
    caller: Annotated[Caller, requires("agreements:read")],
    year: Year | None = None,
    theme: Theme = "light",
) -> Response:
    """Draw a calendar year as SVG: how long each day is open, and the holidays by name."""
    version, calendar, shown_year = await _load_year(tx, name, caller, year)
    title = f"{version.key}, version {version.version}"
    return Response(render_svg(calendar, title, shown_year, theme), media_type=SVG_TYPE)


async def _load_year(
    tx: Connection, name: str, caller: Caller, year: int | None
) -> tuple[CalendarVersion, Calendar, int]:
    version = await find_visible(tx, caller, name)
    if version is None:
        raise NotFound("This calendar")
    calendar = calendar_from_definition(version.definition, zone_from_json(version.zone))
    return version, calendar, year or (await transaction_time(tx)).year


async def _store_feed(
    tx: Connection,
    key: str,
    content: bytes,
    timed: Timed,
    source: dict[str, Any],
    caller: Caller,
    response: Response,
) -> CalendarRead:
    await calendars.lock(tx, key)
    current = await calendars.find_last(tx, key)
    if current is None:
        raise NotFound("This calendar")
    at = await transaction_time(tx)
    zone = build_calendar(current.definition, "").zone
    years = range(at.year - 1, at.year + YEARS_OF_HOLIDAYS + 1)
    try:
        feed = await read_feed(content, zone, years)
    except BadFeed as error:
        raise ValidationFailed([Violation("", "icalendar", str(error))]) from None
    except ConfinementUnavailable:
        raise ServiceUnavailable(5) from None
    definition = {**current.definition, "feed": feed.to_definition(timed)}
    if definition == current.definition:
        response.status_code = 200
        return CalendarRead.model_validate(current)
    grounds = source | {"sha256": sha256(content).hexdigest(), "timed_events": timed}
    # It stands on hours that may hold only later on: those are not brought forward with it.
    later = current.effective_from if current.state == "published" else None
    effective_from = max(later, at) if later is not None else None
    created = await propose_version(
        tx, key, definition, caller.sub, at, source=grounds, effective_from=effective_from
    )
    audit_grounds = {"key": key, "version": created.version, **grounds}
    subject = f"calendar/{created.id}"
    await record(tx, Entry.by(caller.actor, at, "calendar.import", subject, audit_grounds))
    response.headers["Location"] = f"/v1/calendars/{created.id}"
    return CalendarRead.model_validate(created)
