"""Availability and outages as lines of a report. Pure."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sla.calendars.domain.month import Span
from sla.outages.domain.availability import Availability
from sla.outages.domain.outage import Outage
from sla.outages.domain.scope import Place
from sla.reviews.domain.report import OutageLine, Uptime

SECOND = timedelta(seconds=1)
PRODUCTION = "Production"
"""What is asked about where no service is: a second counts in which anything of it was down."""


def uptime(subject: str, found: Availability, zone: ZoneInfo) -> Uptime:
    down: dict[date, int] = {}
    for part in found.parts:
        if part.segment.state == "down":
            for day, lasted in _by_date(part.segment.start, part.segment.end, zone):
                down[day] = down.get(day, 0) + lasted // SECOND
    return Uptime(
        subject,
        found.share,
        found.promised,
        found.down // SECOND,
        found.agreed // SECOND,
        tuple(sorted(down.items())),
        None if found.mttr is None else found.mttr // SECOND,
        None if found.mtbf is None else found.mtbf // SECOND,
    )


def _by_date(start: datetime, end: datetime, zone: ZoneInfo) -> Iterator[tuple[date, timedelta]]:
    """A stretch of time, cut at the midnights of the zone."""
    while start < end:
        day = start.astimezone(zone).date()
        following = day + timedelta(days=1)
        midnight = datetime(following.year, following.month, following.day, tzinfo=zone)
        # A zone may leave out a whole date; then its midnight is not ahead.
        until = min(end, max(midnight.astimezone(start.tzinfo), start + SECOND))
        yield day, until - start
        start = until


def concerned(outages: Iterable[Outage], found: Iterable[Availability]) -> Iterator[Outage]:
    """Those that count in one of the answers, or excuse or impair something there."""
    named = {name for one in found for part in one.parts for name in part.segment.troubles}
    return (outage for outage in outages if outage.key in named)


def line(outage: Outage, cause: str, span: Span, at: datetime) -> OutageLine:
    """`cause`: the ticket in which it is worked on, if there is one."""
    ends = min(outage.ended_at or at, span.until)
    within = max(ends - max(outage.started_at, span.since), timedelta(0))
    return OutageLine(
        outage.key,
        where(outage.place),
        outage.effect,
        cause,
        outage.started_at,
        outage.ended_at,
        within // SECOND,
    )


def where(place: Place) -> str:
    """`billing on acme-prod`, `everything on acme-prod`, `billing`."""
    what = place.service or "everything"
    return f"{what} on {place.environment}" if place.environment else what
