"""Handling times: changes appended without waiting, folded into counts, loaded as curves."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text

from common.persistence.bulk import (
    Columns,
    column_names,
    execute_many,
    insert_sql,
    unnest,
)
from common.persistence.database import Connection, asyncpg_connection
from sla.forecasts.domain.handling_times import HandlingTimeChange
from sla.forecasts.domain.probability import Curves, Group
from sla.forecasts.domain.survival import EndedCounts, estimate_curve, merge_counts

HISTORY_PERIOD = timedelta(days=365)
"""Older handling times are not used: they say too little about the present."""
MAX_CHANGES_PER_FOLD = 5_000
"""Changes folded in one transaction, in some 50 ms."""

_COUNT_COLUMNS: Columns = {
    "metric": "text",
    "priority": "text",
    "kind": "text",
    "month": "date",
    "bin": "smallint",
    "stopped": "bigint",
    "censored": "bigint",
}
_CHANGE_COLUMNS: Columns = {
    "clock_id": "uuid",
    "cycle": "int",
    **_COUNT_COLUMNS,
    "breached": "boolean",
    "at": "timestamptz",
}
_INSERT_CHANGES = insert_sql("handling_time_changes", _CHANGE_COLUMNS)
_CLAIM_CHANGES = f"""
WITH claimed AS (
    DELETE FROM handling_time_changes
    WHERE id IN (SELECT id FROM handling_time_changes ORDER BY id LIMIT $1)
    RETURNING id, {column_names(_CHANGE_COLUMNS)}
)
SELECT {column_names(_CHANGE_COLUMNS)} FROM claimed ORDER BY id
"""
_ADD_COUNTS = f"""
INSERT INTO handling_times AS known ({column_names(_COUNT_COLUMNS)})
SELECT metric, priority, kind, month, bin, sum(stopped), sum(censored)
FROM {unnest(_COUNT_COLUMNS, "new")}
GROUP BY metric, priority, kind, month, bin
HAVING sum(stopped) <> 0 OR sum(censored) <> 0
ON CONFLICT (month, metric, priority, kind, bin) DO UPDATE SET
    stopped = known.stopped + excluded.stopped, censored = known.censored + excluded.censored
"""
# An open clock counts with its age at the last forecast: at most five minutes and one per cent ago.
_SELECT_COUNTS = text(
    """
    SELECT metric, priority, kind, bin, sum(stopped)::bigint AS stopped,
        sum(censored)::bigint AS censored
    FROM (
        SELECT metric, priority, kind, bin, stopped, censored FROM handling_times
        WHERE month >= :since
        UNION ALL
        SELECT metric, priority, kind,
            greatest(0, ceil(round(8 * log(2, 1 + elapsed_seconds / 60.0), 9)) - 1)::int,
            0, count(*)
        FROM forecasts WHERE open GROUP BY 1, 2, 3, 4
    ) AS all_of_them
    GROUP BY metric, priority, kind, bin
    """
)


async def add_changes(tx: Connection, changes: Iterable[HandlingTimeChange]) -> None:
    """Append changes. Locks nothing that another transaction needs."""
    rows = [(h.clock_id, h.cycle, *_count_values(h), h.breached, h.at) for h in changes]
    await execute_many(tx, _INSERT_CHANGES, rows)


async def fold(tx: Connection) -> list[HandlingTimeChange]:
    """Fold the oldest changes into the counts and return them. One caller at a time."""
    connection = await asyncpg_connection(tx)
    changes = [
        _to_change(row) for row in await connection.fetch(_CLAIM_CHANGES, MAX_CHANGES_PER_FOLD)
    ]
    await execute_many(tx, _ADD_COUNTS, [_count_values(one) for one in changes])
    return changes


async def load_curves(tx: Connection, at: datetime) -> Curves:
    """Estimate the curves of all groups, from the last twelve months and the open clocks."""
    since = (at - HISTORY_PERIOD).date().replace(day=1)
    fine: dict[Group, dict[int, EndedCounts]] = {}
    for row in await tx.execute(_SELECT_COUNTS, {"since": since}):
        group = (row.metric, row.priority, row.kind)
        fine.setdefault(group, {})[row.bin] = EndedCounts(row.stopped, row.censored)
    return {group: estimate_curve(counts) for group, counts in _with_coarser(fine).items()}


def _with_coarser(fine: dict[Group, dict[int, EndedCounts]]) -> dict[Group, dict[int, EndedCounts]]:
    """Add the groups (metric,) and (metric, priority)."""
    levels: dict[Group, list[dict[int, EndedCounts]]] = {}
    for group, counts_by_bin in fine.items():
        for length in (1, 2):
            levels.setdefault(group[:length], []).append(counts_by_bin)
    return {**fine, **{group: merge_counts(several) for group, several in levels.items()}}


def _count_values(change: HandlingTimeChange) -> tuple[Any, ...]:
    """The values of _COUNT_COLUMNS."""
    h, counts = change, change.counts
    return h.metric, h.priority, h.kind, h.month, h.bin, counts.stopped, counts.censored


def _to_change(row: Sequence[Any]) -> HandlingTimeChange:
    clock_id, cycle, metric, priority, kind, month, bin, stopped, censored, breached, at = row
    counts = EndedCounts(stopped, censored)
    return HandlingTimeChange(
        clock_id, cycle, metric, priority, kind, month, bin, counts, breached, at
    )
