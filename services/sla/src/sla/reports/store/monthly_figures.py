"""The figures of customers' months, read from the roll-ups."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Literal
from uuid import UUID

from sqlalchemy import text

from common.persistence.database import Connection
from sla.calendars.domain.month import MIN_DAY, Month, Span
from sla.clocks.domain.compliance import Compliance
from sla.reports.domain.monthly_figures import (
    CompliancePart,
    ResponseTimes,
    SupplierPart,
    Usage,
)
from sla.reports.domain.report_period import Period
from sla.reports.domain.volume import Backlog, Volume
from sla.reports.store import reports
from sla.reports.store.reports import FiguresQuery, Group

SLA_CONTRACTS = {"contract": "sla"}
"""The filter for promises to customers: those of partners and own teams are internal."""
SUPPLIER_CONTRACTS = ("uc", "ola")
TIMED_METRICS = ("first_response", "workaround", "resolution")
"""The metrics with a meaningful duration; the others come in cycles."""


async def usages(
    tx: Connection, months: Sequence[Month], customer_id: UUID | None
) -> dict[str | None, tuple[Usage, ...]]:
    """The usage of consecutive months: of one customer (under None), or of each one by key."""
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
    """The numbers of tickets opened and resolved by local date, without days that have neither."""
    query = FiguresQuery(_period(month), customer_id, step="day")
    volumes = await reports.volume(tx, query)
    return {day: (one.opened, one.resolved) for (_, day), one in volumes.items() if day is not None}


async def parts(
    tx: Connection, customer_id: UUID, month: Month, group: Group
) -> tuple[CompliancePart, ...]:
    """The compliance by metric, priority or service, sorted by name."""
    query = FiguresQuery(_period(month), customer_id, SLA_CONTRACTS, group)
    compliance = await reports.compliance(tx, query)
    rows = sorted(
        ((name or "", counted) for (name, _), counted in compliance.items() if counted.total)
    )
    return tuple(CompliancePart(name, counted) for name, counted in rows)


async def suppliers(
    tx: Connection, customer_id: UUID | None, month: Month
) -> tuple[SupplierPart, ...]:
    """The compliance of partners (`uc`) and own teams (`ola`) by agreement, that of the month before beside
    it (R13): about one customer's tickets, or about all."""
    parts: list[SupplierPart] = []
    for contract in SUPPLIER_CONTRACTS:
        now, before = [
            await reports.compliance(
                tx, FiguresQuery(_period(one), customer_id, {"contract": contract}, "agreement")
            )
            for one in (month, month.before)
        ]
        names = sorted({name or "" for name, _ in (*now, *before)})
        parts += [
            SupplierPart(
                contract,
                name,
                now.get((name, None), Compliance()),
                before.get((name, None), Compliance()),
            )
            for name in names
        ]
    return tuple(one for one in parts if one.compliance.total or one.previous.total)


async def response_times(
    tx: Connection, customer_id: UUID, span: Span
) -> tuple[ResponseTimes, ...]:
    """Percentiles of counted time by metric, from the clocks themselves: exact (C13)."""
    parameters = {"customer": customer_id, "metrics": list(TIMED_METRICS), **span._asdict()}
    rows = {row.metric: row for row in await tx.execute(_SELECT_PERCENTILES, parameters)}
    return tuple(
        ResponseTimes(metric, rows[metric].ended, *rows[metric].percentiles)
        for metric in TIMED_METRICS
        if metric in rows
    )


_SELECT_PERCENTILES = text("""
    SELECT metric, count(*) AS ended, percentile_disc(ARRAY[0.5, 0.9, 0.95])
        WITHIN GROUP (ORDER BY elapsed_seconds) AS percentiles
    FROM clocks
    WHERE customer_id = :customer AND stopped_at IS NOT NULL
        AND stopped_at >= :since AND stopped_at < :until
        AND contract = 'sla' AND metric = ANY(:metrics) GROUP BY metric
""")
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
    """The ids of the first `limit` breached clocks, by their outcome's instant, and the number of all."""
    parameters = {"customer": customer_id, "limit": limit, **span._asdict()}
    rows = list(await tx.execute(_SELECT_BREACHED, parameters))
    return [row.id for row in rows], rows[0].total if rows else 0


def _period(month: Month) -> Period:
    return Period(month.first, month.after.first)
