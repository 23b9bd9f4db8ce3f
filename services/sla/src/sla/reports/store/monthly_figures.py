"""Customers' months from the roll-ups: what came, what went, what was kept, how long it took."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Literal
from uuid import UUID

from sqlalchemy import text

from common.persistence.database import Connection
from sla.calendars.domain.month import Month, Span
from sla.reports.domain.compliance import Compliance
from sla.reports.domain.period import Period
from sla.reports.domain.volume import Backlog, Volume
from sla.reports.store import histograms, reports
from sla.reports.store.reports import Group, Question
from sla.reviews.domain.report import Part, Spread, Usage

FIRST = date(1970, 1, 1)
PROMISED = {"contract": "sla"}
"""What customers were promised; what partners owe us is no business of theirs."""
MEASURED = ("first_response", "workaround", "resolution")
"""Metrics of which it says something how long they took; the others come in cycles."""


async def usages(
    tx: Connection, months: Sequence[Month], customer_id: UUID | None
) -> dict[str | None, tuple[Usage, ...]]:
    """These months, which follow on each other: of one customer (under None); or of each, by key."""
    group: Literal["customer"] | None = None if customer_id else "customer"
    period = Period(months[0].first, months[-1].after.first)
    asked = Question(period, customer_id, {}, group, "month")
    earlier = replace(asked, period=Period(FIRST, period.since), step=None)
    volumes = await reports.volume(tx, asked)
    kept = await reports.compliance(tx, replace(asked, where=PROMISED))
    changes = await reports.backlog(tx, asked)
    open_before = await reports.backlog(tx, earlier)
    found: dict[str | None, tuple[Usage, ...]] = {}
    for name in {None, *(place[0] for place in (*volumes, *kept, *open_before))}:
        standing, rows = open_before.get((name, None), Backlog()), []
        for month in months:
            place = name, month.first
            standing += changes.get(place, Backlog())
            volume, counted = volumes.get(place, Volume()), kept.get(place, Compliance())
            rows.append(
                Usage(str(month), volume.opened, volume.resolved, standing.tickets, counted)
            )
        found[name] = tuple(rows)
    return found


async def days(tx: Connection, customer_id: UUID, month: Month) -> Mapping[date, tuple[int, int]]:
    """Opened and resolved by local date; days without either are not in it."""
    asked = Question(_period(month), customer_id, step="day")
    found = await reports.volume(tx, asked)
    return {day: (one.opened, one.resolved) for (_, day), one in found.items() if day is not None}


async def parts(tx: Connection, customer_id: UUID, month: Month, group: Group) -> tuple[Part, ...]:
    """How promises ended by metric, priority or service, in the order of their names."""
    asked = Question(_period(month), customer_id, PROMISED, group)
    found = await reports.compliance(tx, asked)
    named = sorted(((name or "", counted) for (name, _), counted in found.items() if counted.total))
    return tuple(Part(name, counted) for name, counted in named)


async def spreads(tx: Connection, customer_id: UUID, month: Month) -> tuple[Spread, ...]:
    """Percentiles of counted time, from a histogram: off by less than 5 %."""
    asked = Question(_period(month), customer_id, PROMISED, "metric")
    found = {name: times for (name, _), times in (await histograms.times(tx, asked)).items()}
    return tuple(
        Spread(
            metric,
            times.ended,
            times.percentile(0.5) or 0.0,
            times.percentile(0.9) or 0.0,
            times.percentile(0.95) or 0.0,
        )
        for metric in MEASURED
        if (times := found.get(metric)) is not None and times.ended
    )


_BROKEN = text("""
    SELECT clocks.id, count(*) OVER () AS total FROM clocks
    WHERE clocks.customer_id = :customer AND clocks.outcome IS NOT NULL
        AND clocks.outcome IN ('breached', 'waived')
        AND clocks.outcome_at >= :since AND clocks.outcome_at < :until
        AND clocks.contract = 'sla'
    ORDER BY clocks.outcome_at, clocks.id LIMIT :limit
""")


async def broken(
    tx: Connection, customer_id: UUID, span: Span, limit: int
) -> tuple[list[UUID], int]:
    """The first `limit` clocks that broke their promise, in that order, and how many there are."""
    asked = {"customer": customer_id, "limit": limit, **span._asdict()}
    rows = list(await tx.execute(_BROKEN, asked))
    return [row.id for row in rows], rows[0].total if rows else 0


def _period(month: Month) -> Period:
    return Period(month.first, month.after.first)
