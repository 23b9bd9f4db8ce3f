"""From what happened to what the report says about it. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID

from sla.calendars.domain.month import Month
from sla.clocks.domain.clock import Timetables
from sla.clocks.domain.snapshot import standing
from sla.clocks.domain.ticket_clock import Tracked
from sla.reports.domain.compliance import Compliance
from sla.reviews.domain.report import Breach, Day, Part, Usage

SECOND = timedelta(seconds=1)
PRIORITIES = ("blocker", "critical", "major", "minor", "trivial")
MONTHS = 6
"""How far back a trend looks, the month itself included."""


def months_until(month: Month) -> tuple[Month, ...]:
    """The months of a trend, in order."""
    return tuple(month.plus(away) for away in range(1 - MONTHS, 1))


def summed(month: Month, usages: Iterable[Usage]) -> Usage:
    """Several customers' months as one."""
    rows = list(usages)
    return Usage(
        str(month),
        sum(one.opened for one in rows),
        sum(one.resolved for one in rows),
        sum(one.open for one in rows),
        sum((one.compliance for one in rows), Compliance()),
    )


def nothing(months: Sequence[Month]) -> tuple[Usage, ...]:
    """Of a customer of whom nothing has been heard yet."""
    return tuple(Usage(str(month), 0, 0, 0, Compliance()) for month in months)


def by_urgency(parts: Sequence[Part]) -> tuple[Part, ...]:
    """Priorities, the most urgent first."""
    order = {name: place for place, name in enumerate(PRIORITIES)}
    return tuple(sorted(parts, key=lambda part: (order.get(part.name, len(order)), part.name)))


def by_service(parts: Sequence[Part]) -> tuple[Part, ...]:
    """Nothing where no ticket named a service."""
    named = [replace(part, name=part.name or "no service named") for part in parts]
    return tuple(named) if any(part.name for part in parts) else ()


def days(month: Month, counted: Mapping[date, tuple[int, int]]) -> tuple[Day, ...]:
    """Every date of the month, also those on which nothing happened."""
    return tuple(Day(day, *counted.get(day, (0, 0))) for day in month.days)


def breach(
    tracked: Tracked,
    at: datetime,
    tables: Timetables,
    waivers: Mapping[UUID, str],
    remarks: Mapping[UUID, str],
) -> Breach:
    """A broken promise as it stands at `at`. `waivers` are keys by id, `remarks` texts by clock."""
    clock, ticket = tracked.clock, tracked.ticket
    stands, excuse = standing(clock, at, tables), clock.excuse
    over = max(stands.worst - (clock.terms.target or stands.worst), timedelta(0))
    assert clock.breached_at is not None
    return Breach(
        tracked.id,
        ticket.key,
        ticket.title,
        ticket.priority,
        ticket.kind,
        ticket.service,
        ticket.environment,
        clock.metric,
        clock.breached_at,
        over // SECOND,
        clock.state in ("running", "paused"),
        clock.breach_reason or "deadline",
        waivers.get(excuse.waiver) if excuse else None,
        remarks.get(tracked.id),
    )
