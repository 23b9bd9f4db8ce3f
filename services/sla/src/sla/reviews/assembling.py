"""From what happened to what the report says about it. Pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sla.clocks.clock import Timetables
from sla.clocks.standing import standing
from sla.clocks.tracked import Tracked
from sla.reports.compliance import Compliance
from sla.reviews.month import Month
from sla.reviews.report import Breach, Day, Part, Usage

SECOND = timedelta(seconds=1)
PRIORITIES = ("blocker", "critical", "major", "minor", "trivial")
MONTHS = 6
"""How far back a trend looks, the month itself included."""


class Ended(NamedTuple):
    """Promises that came to an outcome, of one metric, priority and service."""

    metric: str
    priority: str
    service: str | None
    counted: Compliance


@dataclass(frozen=True, slots=True)
class Volume:
    """Tickets of a stretch of time; `open` at its end."""

    opened: int = 0
    resolved: int = 0
    open: int = 0


def months_until(month: Month) -> tuple[Month, ...]:
    """The months of a trend, in order."""
    return tuple(month.plus(away) for away in range(1 - MONTHS, 1))


def usage(month: Month, volume: Volume, ended: Iterable[Ended]) -> Usage:
    counted = together(ended)
    return Usage(str(month), volume.opened, volume.resolved, volume.open, counted)


def together(ended: Iterable[Ended]) -> Compliance:
    return sum((one.counted for one in ended), Compliance())


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


def by_metric(ended: Sequence[Ended]) -> tuple[Part, ...]:
    return _parts(ended, lambda one: one.metric)


def by_priority(ended: Sequence[Ended]) -> tuple[Part, ...]:
    """The most urgent first."""
    parts = {part.name: part for part in _parts(ended, lambda one: one.priority)}
    known = [name for name in PRIORITIES if name in parts]
    return tuple(parts[name] for name in [*known, *sorted(parts.keys() - known)])


def by_service(ended: Sequence[Ended]) -> tuple[Part, ...]:
    """Nothing where no ticket named a service."""
    parts = _parts(ended, lambda one: one.service or "no service named")
    return parts if any(one.service for one in ended) else ()


def _parts(ended: Sequence[Ended], name: Callable[[Ended], str]) -> tuple[Part, ...]:
    counted: dict[str, Compliance] = {}
    for one in ended:
        counted[name(one)] = counted.get(name(one), Compliance()) + one.counted
    return tuple(Part(key, counted[key]) for key in sorted(counted))


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
    assert clock.broken_at is not None
    return Breach(
        tracked.id,
        ticket.key,
        ticket.title,
        ticket.priority,
        ticket.kind,
        ticket.service,
        ticket.environment,
        clock.metric,
        clock.broken_at,
        over // SECOND,
        clock.state in ("running", "paused"),
        clock.breach_reason or "deadline",
        waivers.get(excuse.waiver) if excuse else None,
        remarks.get(tracked.id),
    )
