"""Availability and outages as lines of a report. Pure."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from common.domain.durations import SECOND
from sla.calendars.domain.month import Span
from sla.outages.domain.availability import Availability
from sla.outages.domain.outage import Outage
from sla.outages.domain.scope import Scope
from sla.reviews.domain.report import OutageLine, Uptime

PRODUCTION_SUBJECT = "Production"
"""The subject of the availability without a service: down while any service is down."""


def to_uptime(subject: str, availability: Availability, zone: ZoneInfo) -> Uptime:
    """The availability of a subject as a line, its downtime by the dates of the zone."""
    down: dict[date, int] = {}
    for part in availability.parts:
        if part.segment.state == "down":
            for day, duration in _by_date(part.segment.start, part.segment.end, zone):
                down[day] = down.get(day, 0) + duration // SECOND
    return Uptime(
        subject,
        availability.ratio,
        availability.promised_ratio,
        availability.down // SECOND,
        availability.agreed // SECOND,
        tuple(sorted(down.items())),
        None if availability.mttr is None else availability.mttr // SECOND,
        None if availability.mtbf is None else availability.mtbf // SECOND,
    )


def _by_date(start: datetime, end: datetime, zone: ZoneInfo) -> Iterator[tuple[date, timedelta]]:
    """The interval cut at the midnights of the zone, with the date of each piece."""
    while start < end:
        day = start.astimezone(zone).date()
        following = day + timedelta(days=1)
        midnight = datetime(following.year, following.month, following.day, tzinfo=zone)
        # Where a zone skips a whole date, the next midnight is not later than `start`.
        until = min(end, max(midnight.astimezone(start.tzinfo), start + SECOND))
        yield day, until - start
        start = until


def relevant_outages(
    outages: Iterable[Outage], availabilities: Iterable[Availability]
) -> Iterator[Outage]:
    """The outages that have a part in one of these availabilities."""
    keys = {name for one in availabilities for part in one.parts for name in part.segment.outages}
    return (outage for outage in outages if outage.key in keys)


def to_outage_line(outage: Outage, cause: str, span: Span, at: datetime) -> OutageLine:
    """An outage as a line; `span` is the month. `cause` is the title of its ticket, if it has one."""
    ends_at = min(outage.ended_at or at, span.until)
    overlap = max(ends_at - max(outage.started_at, span.since), timedelta(0))
    return OutageLine(
        outage.key,
        describe_scope(outage.scope),
        outage.effect,
        cause,
        outage.started_at,
        outage.ended_at,
        overlap // SECOND,
        outage.scope.service,
        outage.scope.environment,
    )


def describe_scope(scope: Scope) -> str:
    """A scope in words: `billing on acme-prod`, `everything on acme-prod`, `billing`."""
    subject = scope.service or "everything"
    return f"{subject} on {scope.environment}" if scope.environment else subject
