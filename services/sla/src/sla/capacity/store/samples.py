"""Samples and the extremes of their days, stored once, by one statement per batch."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, bindparam, text

from common.persistence.bulk import Columns, transpose, unnest
from common.persistence.database import Connection, asyncpg_connection
from sla.capacity.domain.capacity_forecast import Peak
from sla.capacity.domain.series import Limit, Statistic

SampleRow = tuple[UUID, datetime, float]

_COLUMNS: Columns = {"series_id": "uuid", "at": "timestamptz", "value": "float8"}
_INSERT_SAMPLES = f"""
WITH new AS (
    INSERT INTO samples (series_id, at, value)
    SELECT DISTINCT ON (series_id, at) series_id, at, value FROM {unnest(_COLUMNS, "given")}
    ORDER BY series_id, at
    ON CONFLICT DO NOTHING RETURNING series_id, at, value
), days AS (
    INSERT INTO sample_days (series_id, day, count, total, low, peak)
    SELECT series_id, (at AT TIME ZONE 'UTC')::date, count(*), sum(value), min(value), max(value)
    FROM new GROUP BY 1, 2 ORDER BY 1, 2
    ON CONFLICT (series_id, day) DO UPDATE SET
        count = sample_days.count + excluded.count,
        total = sample_days.total + excluded.total,
        low = least(sample_days.low, excluded.low),
        peak = greatest(sample_days.peak, excluded.peak)
)
SELECT count(*) FROM new
"""
_SELECT_CONFLICTS = """
SELECT given.position FROM unnest($1::uuid[], $2::timestamptz[], $3::float8[])
    WITH ORDINALITY AS given (series_id, at, value, position)
JOIN samples stored ON (stored.series_id, stored.at) = (given.series_id, given.at)
WHERE stored.value <> given.value ORDER BY given.position
"""
_SELECT_STATISTICS = text(
    """
    SELECT s.series_id, count(*) AS many, avg(value) AS mean, max(value) AS max,
        min(value) AS min, percentile_cont(0.5) WITHIN GROUP (ORDER BY value) AS median,
        percentile_cont(0.95) WITHIN GROUP (ORDER BY value) AS p95,
        (SELECT l.value FROM samples l WHERE l.series_id = s.series_id
         AND l.at >= :since AND l.at < :until ORDER BY l.at DESC LIMIT 1) AS last
    FROM samples s WHERE s.series_id = ANY(:ids) AND s.at >= :since AND s.at < :until
    GROUP BY s.series_id
    """
).bindparams(bindparam("ids", type_=ARRAY(Uuid)))
_SELECT_PEAKS = text(
    """
    SELECT series_id, day, low, peak FROM sample_days
    WHERE series_id = ANY(:ids) AND day >= :since AND day < :until ORDER BY series_id, day
    """
).bindparams(bindparam("ids", type_=ARRAY(Uuid)))


@dataclass(frozen=True, slots=True)
class SampleStatistics:
    """Statistics of the samples of a series over a period, in the series' unit."""

    count: int
    mean: float
    median: float
    p95: float
    max: float
    min: float
    last: float

    def value_of(self, statistic: Statistic) -> float:
        value: float = getattr(self, statistic)
        return value


@dataclass(frozen=True, slots=True)
class SampleDay:
    """A date (UTC) of a series: the number of samples, their lowest, mean and highest value."""

    day: date
    count: int
    low: float
    mean: float
    peak: float


async def insert(tx: Connection, rows: Sequence[SampleRow]) -> tuple[int, list[int]]:
    """Store new samples and return how many were new.

    Also the positions (from 0) of those for which another value is stored: that value stays.
    """
    columns = transpose(rows, len(_COLUMNS))
    connection = await asyncpg_connection(tx)
    new = await connection.fetchval(_INSERT_SAMPLES, *columns)
    if new == len(rows):
        return new, []
    conflicts = await connection.fetch(_SELECT_CONFLICTS, *columns)
    return new, [row["position"] - 1 for row in conflicts]


async def get_statistics(
    tx: Connection, ids: Collection[UUID], since: datetime, until: datetime
) -> dict[UUID, SampleStatistics]:
    """Return the statistics of each series that has a sample in `[since, until)`."""
    rows = await tx.execute(_SELECT_STATISTICS, {"ids": list(ids), "since": since, "until": until})
    return {
        row.series_id: SampleStatistics(
            row.many, row.mean, row.median, row.p95, row.max, row.min, row.last
        )
        for row in rows
    }


async def list_peaks(
    tx: Connection, limits: dict[UUID, Limit], since: date, until: date
) -> dict[UUID, list[Peak]]:
    """Return the daily extremes towards the limit of each series, `until` not included."""
    by_series: dict[UUID, list[Peak]] = {id: [] for id in limits}
    parameters = {"ids": list(limits), "since": since, "until": until}
    for row in await tx.execute(_SELECT_PEAKS, parameters):
        is_from_below = limits[row.series_id].direction == "from_below"
        by_series[row.series_id].append(Peak(row.day, row.peak if is_from_below else row.low))
    return by_series


async def list_days(tx: Connection, id: UUID, since: date, until: date) -> list[SampleDay]:
    """List the days of one series in `[since, until)`, in order."""
    rows = await tx.execute(
        text(
            "SELECT day, count AS many, low, total / count AS mean, peak FROM sample_days"
            " WHERE series_id = :id AND day >= :since AND day < :until ORDER BY day"
        ),
        {"id": id, "since": since, "until": until},
    )
    return [SampleDay(row.day, row.many, row.low, row.mean, row.peak) for row in rows]
