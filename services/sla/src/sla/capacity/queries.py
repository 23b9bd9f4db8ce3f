"""Loads what was measured of series that something was promised of, month by month."""

from collections.abc import Sequence
from datetime import datetime

from common.persistence.database import Connection
from sla.calendars.domain.month import Month, Span, month_of, zone_named
from sla.capacity.domain.measured import Measured, covered
from sla.capacity.domain.series import Required, holding
from sla.capacity.store import samples, series
from sla.capacity.store.samples import Actual
from sla.capacity.store.series import Stored


async def measured(
    tx: Connection, found: Sequence[Stored], now: datetime, month: Month | None
) -> list[Measured]:
    """Those of the series that had a promise in the month, by key; each in its customer's zone.

    Without a month: the present one.
    """
    required = await series.required(tx, [one.series.id for one in found])
    told: list[Measured] = []
    for zone in {one.series.timezone for one in found}:
        those = [one for one in found if one.series.timezone == zone]
        there = zone_named(zone)
        asked = month or month_of(now, there)
        span = asked.span(there)
        actual = await samples.actuals(tx, [one.series.id for one in those], *span)
        for one in those:
            held = holding(required.get(one.series.id, ()), min(span.until, max(now, span.since)))
            if held is not None:
                told.append(_one(one, held, actual.get(one.series.id), (asked, span, now)))
    return sorted(told, key=lambda one: one.series.key)


def _one(
    stored: Stored,
    required: Required,
    actual: Actual | None,
    when: tuple[Month, Span, datetime],
) -> Measured:
    month, span, now = when
    about, count = stored.series, actual.count if actual else 0
    figure = actual.figure(required.statistic) if actual else None
    share = covered(count, about, span, now)
    return Measured(about, required, str(month), span, figure, count, share)
