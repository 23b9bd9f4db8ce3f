"""Assembles the lines of a report from clocks and figures. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from common.domain.durations import SECOND
from sla.calendars.domain.month import Month
from sla.clocks.domain.clock import ZERO, Clock, Timetables
from sla.clocks.domain.compliance import Compliance
from sla.clocks.domain.snapshot import longest_overrun, take_snapshot
from sla.clocks.domain.ticket_clock import TicketClock
from sla.reports.domain.monthly_figures import CompliancePart, Usage
from sla.reviews.domain.report import Breach, DailyVolume

PRIORITIES = ("blocker", "critical", "major", "minor", "trivial")
NO_SERVICE = "no service named"
"""Stands for the service of tickets without one."""
TREND_MONTHS = 6
"""The months of a trend, the reported one included."""


def trend_months(month: Month) -> tuple[Month, ...]:
    """The months of a trend, in order."""
    return tuple(month.plus(offset) for offset in range(1 - TREND_MONTHS, 1))


def sum_usages(month: Month, usages: Iterable[Usage]) -> Usage:
    """The sum of several customers' figures of a month."""
    rows = list(usages)
    return Usage(
        str(month),
        sum(one.opened for one in rows),
        sum(one.resolved for one in rows),
        sum(one.open for one in rows),
        sum((one.compliance for one in rows), Compliance()),
    )


def empty_usages(months: Sequence[Month]) -> tuple[Usage, ...]:
    """The figures of a customer without any tickets yet."""
    return tuple(Usage(str(month), 0, 0, 0, Compliance()) for month in months)


def sort_by_urgency(parts: Sequence[CompliancePart]) -> tuple[CompliancePart, ...]:
    """Priorities, the most urgent first."""
    order = {name: index for index, name in enumerate(PRIORITIES)}
    return tuple(sorted(parts, key=lambda part: (order.get(part.name, len(order)), part.name)))


def name_services(parts: Sequence[CompliancePart]) -> tuple[CompliancePart, ...]:
    """Services with a name for tickets without one; empty where no ticket has a service."""
    parts_by_service = [replace(part, name=part.name or NO_SERVICE) for part in parts]
    return tuple(parts_by_service) if any(part.name for part in parts) else ()


def fill_days(month: Month, counts: Mapping[date, tuple[int, int]]) -> tuple[DailyVolume, ...]:
    """The figures of every date of the month, zeros where there are none."""
    return tuple(DailyVolume(day, *counts.get(day, (0, 0))) for day in month.days)


def to_breach(
    ticket_clock: TicketClock,
    at: datetime,
    tables: Timetables,
    waivers: Mapping[UUID, str],
    comments: Mapping[UUID, str],
) -> Breach:
    """The breach of a clock as of `at`. `waivers` are keys by id, `comments` texts by clock.

    The clock must be breached.
    """
    clock, ticket = ticket_clock.clock, ticket_clock.ticket
    status, waiver = take_snapshot(clock, at, tables), clock.waiver
    assert clock.breached_at is not None
    return Breach(
        ticket_clock.id,
        ticket.key,
        ticket.title,
        ticket.priority,
        ticket.kind,
        ticket.service,
        ticket.environment,
        clock.metric,
        clock.breached_at,
        longest_overrun(clock, status) // SECOND,
        clock.state in ("running", "paused"),
        clock.breach_reason or "deadline",
        waivers.get(waiver.waiver_id) if waiver else None,
        comments.get(ticket_clock.id),
        _elapsed_seconds(clock, at),
    )


def _elapsed_seconds(clock: Clock, at: datetime) -> int | None:
    """The time from the deadline of the longest cycle to its stop, or to `at`; None where it is not known."""
    if clock.deadline is None or clock.worst > clock.counted:
        return None
    return max((clock.stopped_at or at) - clock.deadline, ZERO) // SECOND
