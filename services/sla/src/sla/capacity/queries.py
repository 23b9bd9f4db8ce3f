"""Load the measurements of series with a promise, month by month."""

from collections.abc import Sequence
from datetime import datetime

from common.persistence.database import Connection
from sla.calendars.domain.month import Month, Span, month_of, zone_or_utc
from sla.capacity.domain.measured import Measurement, measured_coverage
from sla.capacity.domain.series import MeasuredPromise, valid_promise
from sla.capacity.store import samples, series
from sla.capacity.store.samples import SampleStatistics
from sla.capacity.store.series import StoredSeries


async def load_measurements(
    tx: Connection, stored_series: Sequence[StoredSeries], now: datetime, month: Month | None
) -> list[Measurement]:
    """Measure the series that had a promise in the month, ordered by key.

    Months are in the time zone of each series' customer; None: the present month.
    """
    promises = await series.list_promises(tx, [one.series.id for one in stored_series])
    measurements: list[Measurement] = []
    for zone in {one.series.timezone for one in stored_series}:
        zone_series = [one for one in stored_series if one.series.timezone == zone]
        timezone = zone_or_utc(zone)
        requested_month = month or month_of(now, timezone)
        span = requested_month.span(timezone)
        actual = await samples.get_statistics(tx, [one.series.id for one in zone_series], *span)
        for stored in zone_series:
            promise = valid_promise(
                promises.get(stored.series.id, ()), min(span.until, max(now, span.since))
            )
            if promise is not None:
                measurements.append(
                    _measure(
                        stored, promise, actual.get(stored.series.id), (requested_month, span, now)
                    )
                )
    return sorted(measurements, key=lambda one: one.series.key)


def _measure(
    stored: StoredSeries,
    promise: MeasuredPromise,
    actual: SampleStatistics | None,
    period: tuple[Month, Span, datetime],
) -> Measurement:
    month, span, now = period
    definition, count = stored.series, actual.count if actual else 0
    figure = actual.value_of(promise.statistic) if actual else None
    coverage_ratio = measured_coverage(count, definition, span, now)
    return Measurement(definition, promise, str(month), span, figure, count, coverage_ratio)
