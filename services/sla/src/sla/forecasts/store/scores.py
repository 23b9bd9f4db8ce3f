"""Outcomes of forecasts: settled when the clock ends, and tallied by day."""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import func, select

from common.persistence.bulk import Columns, execute_many, unnest
from common.persistence.database import Connection
from sla.forecasts.domain.handling_times import HandlingTimeChange
from sla.forecasts.domain.score import Tally
from sla.forecasts.tables import forecast_scores

_OUTCOME_COLUMNS: Columns = {
    "clock_id": "uuid",
    "cycle": "int",
    "breached": "boolean",
    "at": "timestamptz",
}
# A forecast made after the promise was decided is not scored: the outcome was only not known yet.
_SETTLE = f"""
WITH verdicts AS (
    SELECT * FROM {unnest(_OUTCOME_COLUMNS, "given")}
), was AS (
    SELECT marks.*, verdicts.breached AS now, verdicts.at
    FROM forecast_marks marks JOIN verdicts USING (clock_id, cycle)
    WHERE marks.breached IS DISTINCT FROM verdicts.breached
      AND (verdicts.breached IS NULL OR marks.created_at < verdicts.at)
), settled AS (
    UPDATE forecast_marks marks
    SET breached = was.now, settled_at = CASE WHEN was.now IS NOT NULL THEN was.at END
    FROM was
    WHERE (marks.clock_id, marks.cycle, marks.quarter) = (was.clock_id, was.cycle, was.quarter)
), difference AS (
    SELECT settled_at AS at, metric, quarter, probability, -1 AS sign, breached FROM was
    WHERE breached IS NOT NULL
    UNION ALL
    SELECT at, metric, quarter, probability, 1, now FROM was WHERE now IS NOT NULL
)
INSERT INTO forecast_scores AS known
    (day, metric, quarter, bin, forecasts, expected, breached, squares)
SELECT (at AT TIME ZONE 'UTC')::date, metric, quarter, least(9, floor(probability * 10)),
    sum(sign), sum(sign * probability), sum(sign * breached::int),
    sum(sign * (probability - breached::int) ^ 2)
FROM difference GROUP BY 1, 2, 3, 4
ON CONFLICT (day, metric, quarter, bin) DO UPDATE SET
    forecasts = known.forecasts + excluded.forecasts,
    expected = known.expected + excluded.expected,
    breached = known.breached + excluded.breached,
    squares = known.squares + excluded.squares
"""


async def record_outcomes(tx: Connection, changes: Iterable[HandlingTimeChange]) -> None:
    """Settle the forecasts of these clocks; the last outcome of a clock's cycle holds."""
    outcomes = {(one.clock_id, one.cycle): one for one in changes}
    rows = [(one.clock_id, one.cycle, one.breached, one.at) for one in outcomes.values()]
    await execute_many(tx, _SETTLE, rows)


async def list_tallies(
    tx: Connection, since: date, until: date, metric: str | None
) -> list[tuple[int, Tally]]:
    """List quarter and tally of the forecasts whose promises were decided in `[since, until]`."""
    columns = forecast_scores.c
    sums = [func.sum(getattr(columns, name)) for name in ("forecasts", "expected", "breached")]
    query = (
        select(columns.quarter, columns.bin, *sums, func.sum(columns.squares))
        .where(columns.day.between(since, until))
        .group_by(columns.quarter, columns.bin)
        .order_by(columns.quarter, columns.bin)
    )
    if metric is not None:
        query = query.where(columns.metric == metric)
    return [
        (row[0], Tally(row[1], int(row[2]), row[3], int(row[4]), row[5]))
        for row in await tx.execute(query)
    ]
