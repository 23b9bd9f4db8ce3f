"""Handling times: news of them appended without waiting, folded into counts, read as curves."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text

from common.persistence.database import Connection, asyncpg_connection
from sla.forecasts.domain.handling_times import HandlingTimeChange
from sla.forecasts.domain.probability import Curves, Group
from sla.forecasts.domain.survival import EndedCounts, estimate_curve, merge_counts

HISTORY_PERIOD = timedelta(days=365)
"""Older handling times say too little about how the desk works now."""
MAX_CHANGES_PER_FOLD = 5_000
"""News folded in one transaction: some 50 ms."""

_INSERT_CHANGES = """
INSERT INTO handling_news (clock_id, cycle, metric, priority, kind, month, bin, stopped, censored,
    broke, at)
SELECT * FROM unnest($1::uuid[], $2::int[], $3::text[], $4::text[], $5::text[], $6::date[],
    $7::smallint[], $8::smallint[], $9::smallint[], $10::boolean[], $11::timestamptz[])
"""
_CLAIM_CHANGES = """
WITH taken AS (
    DELETE FROM handling_news
    WHERE id IN (SELECT id FROM handling_news ORDER BY id LIMIT $1)
    RETURNING *
)
SELECT * FROM taken ORDER BY id
"""
_ADD_COUNTS = """
INSERT INTO handling_times AS known (metric, priority, kind, month, bin, stopped, censored)
SELECT metric, priority, kind, month, bin, sum(stopped), sum(censored)
FROM unnest($1::text[], $2::text[], $3::text[], $4::date[], $5::smallint[], $6::bigint[],
    $7::bigint[]) AS news (metric, priority, kind, month, bin, stopped, censored)
GROUP BY metric, priority, kind, month, bin
HAVING sum(stopped) <> 0 OR sum(censored) <> 0
ON CONFLICT (month, metric, priority, kind, bin) DO UPDATE SET
    stopped = known.stopped + excluded.stopped, censored = known.censored + excluded.censored
"""
# The age at the last forecast: at most five minutes and one per cent ago.
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
    """Append what became of clocks. Locks nothing that anybody else needs."""
    rows = [(h.clock_id, h.cycle, *_count_columns(h), h.breached, h.at) for h in changes]
    if rows:
        await (await asyncpg_connection(tx)).execute(
            _INSERT_CHANGES, *map(list, zip(*rows, strict=True))
        )


async def fold(tx: Connection) -> list[HandlingTimeChange]:
    """Fold the oldest news into the counts; answers what they were. One caller at a time."""
    connection = await asyncpg_connection(tx)
    changes = [
        _to_change(row) for row in await connection.fetch(_CLAIM_CHANGES, MAX_CHANGES_PER_FOLD)
    ]
    if changes:
        rows = [_count_columns(one) for one in changes]
        await connection.execute(_ADD_COUNTS, *map(list, zip(*rows, strict=True)))
    return changes


async def load_curves(tx: Connection, at: datetime) -> Curves:
    """The estimates of all groups, coarse and fine, from the last twelve months and what is open."""
    since = (at - HISTORY_PERIOD).date().replace(day=1)
    fine: dict[Group, dict[int, EndedCounts]] = {}
    for row in await tx.execute(_SELECT_COUNTS, {"since": since}):
        group = (row.metric, row.priority, row.kind)
        fine.setdefault(group, {})[row.bin] = EndedCounts(row.stopped, row.censored)
    return {group: estimate_curve(handled) for group, handled in _with_coarser(fine).items()}


def _with_coarser(fine: dict[Group, dict[int, EndedCounts]]) -> dict[Group, dict[int, EndedCounts]]:
    levels: dict[Group, list[dict[int, EndedCounts]]] = {}
    for group, counts_by_bin in fine.items():
        for length in (1, 2):
            levels.setdefault(group[:length], []).append(counts_by_bin)
    return {**fine, **{group: merge_counts(several) for group, several in levels.items()}}


def _count_columns(change: HandlingTimeChange) -> tuple[Any, ...]:
    """Where it counts, and for how much."""
    h, counts = change, change.counts
    return h.metric, h.priority, h.kind, h.month, h.bin, counts.stopped, counts.censored


def _to_change(row: Sequence[Any]) -> HandlingTimeChange:
    _, clock_id, cycle, metric, priority, kind, month, bin, stopped, censored, breached, at = row
    counts = EndedCounts(stopped, censored)
    return HandlingTimeChange(
        clock_id, cycle, metric, priority, kind, month, bin, counts, breached, at
    )
