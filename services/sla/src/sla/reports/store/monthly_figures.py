"""Customers' months from the roll-ups: what came, what went, what was kept, how long it took."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Literal
from uuid import UUID

from sqlalchemy import text

from common.persistence.database import Connection
from sla.calendars.domain.month import MIN_DAY, Month, Span
from sla.clocks.domain.compliance import Compliance
from sla.reports.domain.monthly_figures import CompliancePart, ResponseTimes, Usage
from sla.reports.domain.report_period import Period
from sla.reports.domain.volume import Backlog, Volume
from sla.reports.store import histograms, reports
from sla.reports.store.reports import FiguresQuery, Group

SLA_CONTRACTS = {"contract": "sla"}
"""What customers were promised; what partners owe us is no business of theirs."""
TIMED_METRICS = ("first_response", "workaround", "resolution")
"""Metrics of which it says something how long they took; the others come in cycles."""


async def usages(
    tx: Connection, months: Sequence[Month], customer_id: UUID | None
) -> dict[str | None, tuple[Usage, ...]]:
    """These months, which follow on each other: of one customer (under None); or of each, by key."""
    group: Literal["customer"] | None = None if customer_id else "customer"
    period = Period(months[0].first, months[-1].after.first)
    query = FiguresQuery(period, customer_id, {}, group, "month")
    earlier_query = replace(query, period=Period(MIN_DAY, period.since), step=None)
    volumes = await reports.volume(tx, query)
    compliance = await reports.compliance(tx, replace(query, where=SLA_CONTRACTS))
    changes = await reports.backlog(tx, query)
    open_before = await reports.backlog(tx, earlier_query)
    by_customer: dict[str | None, tuple[Usage, ...]] = {}
    for name in {None, *(key[0] for key in (*volumes, *compliance, *open_before))}:
        backlog, rows = open_before.get((name, None), Backlog()), []
        for month in months:
            key = name, month.first
            backlog += changes.get(key, Backlog())
            volume, counted = volumes.get(key, Volume()), compliance.get(key, Compliance())
            rows.append(Usage(str(month), volume.opened, volume.resolved, backlog.tickets, counted))
        by_customer[name] = tuple(rows)
    return by_customer


async def days(tx: Connection, customer_id: UUID, month: Month) -> Mapping[date, tuple[int, int]]:
    """Opened and resolved by local date; days without either are not in it."""
    query = FiguresQuery(_period(month), customer_id, step="day")
    volumes = await reports.volume(tx, query)
    return {day: (one.opened, one.resolved) for (_, day), one in volumes.items() if day is not None}


async def parts(
    tx: Connection, customer_id: UUID, month: Month, group: Group
) -> tuple[CompliancePart, ...]:
    """How promises ended by metric, priority or service, in the order of their names."""
    query = FiguresQuery(_period(month), customer_id, SLA_CONTRACTS, group)
    compliance = await reports.compliance(tx, query)
    rows = sorted(
        ((name or "", counted) for (name, _), counted in compliance.items() if counted.total)
    )
    return tuple(CompliancePart(name, counted) for name, counted in rows)


async def response_times(
    tx: Connection, customer_id: UUID, month: Month
) -> tuple[ResponseTimes, ...]:
    """Percentiles of counted time, from a histogram: off by less than 5 %."""
    query = FiguresQuery(_period(month), customer_id, SLA_CONTRACTS, "metric")
    times_by_metric = {
        name: times for (name, _), times in (await histograms.times(tx, query)).items()
    }
    return tuple(
        ResponseTimes(
            metric,
            times.ended,
            times.percentile(0.5) or 0.0,
            times.percentile(0.9) or 0.0,
            times.percentile(0.95) or 0.0,
        )
        for metric in TIMED_METRICS
        if (times := times_by_metric.get(metric)) is not None and times.ended
    )


_SELECT_BREACHED = text("""
    SELECT clocks.id, count(*) OVER () AS total FROM clocks
    WHERE clocks.customer_id = :customer AND clocks.outcome IS NOT NULL
        AND clocks.outcome IN ('breached', 'waived')
        AND clocks.outcome_at >= :since AND clocks.outcome_at < :until
        AND clocks.contract = 'sla'
    ORDER BY clocks.outcome_at, clocks.id LIMIT :limit
""")


async def find_breached(
    tx: Connection, customer_id: UUID, span: Span, limit: int
) -> tuple[list[UUID], int]:
    """The first `limit` clocks that broke their promise, in that order, and how many there are."""
    parameters = {"customer": customer_id, "limit": limit, **span._asdict()}
    rows = list(await tx.execute(_SELECT_BREACHED, parameters))
    return [row.id for row in rows], rows[0].total if rows else 0


def _period(month: Month) -> Period:
    return Period(month.first, month.after.first)
