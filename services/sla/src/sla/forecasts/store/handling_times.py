"""Handling times: news of them appended without waiting, folded into counts, read as curves."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text

from common.persistence.database import Connection, asyncpg_connection
from sla.forecasts.domain.handling_times import Handling
from sla.forecasts.domain.probability import Curves, Group
from sla.forecasts.domain.survival import Ended, curve, together

REMEMBERED = timedelta(days=365)
"""Older handling times say too little about how the desk works now."""
FOLDED = 5_000
"""News folded in one transaction: some 50 ms."""

_NOTE = """
INSERT INTO handling_news (clock_id, cycle, metric, priority, kind, month, bin, stopped, censored,
    broke, at)
SELECT * FROM unnest($1::uuid[], $2::int[], $3::text[], $4::text[], $5::text[], $6::date[],
    $7::smallint[], $8::smallint[], $9::smallint[], $10::boolean[], $11::timestamptz[])
"""
_TAKE = """
WITH taken AS (
    DELETE FROM handling_news
    WHERE id IN (SELECT id FROM handling_news ORDER BY id LIMIT $1)
    RETURNING *
)
SELECT * FROM taken ORDER BY id
"""
_ADD = """
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
_KNOWN = text(
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


async def note(tx: Connection, handlings: Iterable[Handling]) -> None:
    """Append what became of clocks. Locks nothing that anybody else needs."""
    rows = [(h.clock_id, h.cycle, *_cell(h), h.broke, h.at) for h in handlings]
    if rows:
        await (await asyncpg_connection(tx)).execute(_NOTE, *map(list, zip(*rows, strict=True)))


async def fold(tx: Connection) -> list[Handling]:
    """Fold the oldest news into the counts; answers what they were. One caller at a time."""
    connection = await asyncpg_connection(tx)
    taken = [_handling(row) for row in await connection.fetch(_TAKE, FOLDED)]
    if taken:
        rows = [_cell(one) for one in taken]
        await connection.execute(_ADD, *map(list, zip(*rows, strict=True)))
    return taken


async def curves(tx: Connection, at: datetime) -> Curves:
    """The estimates of all groups, coarse and fine, from the last twelve months and what is open."""
    since = (at - REMEMBERED).date().replace(day=1)
    fine: dict[Group, dict[int, Ended]] = {}
    for row in await tx.execute(_KNOWN, {"since": since}):
        group = (row.metric, row.priority, row.kind)
        fine.setdefault(group, {})[row.bin] = Ended(row.stopped, row.censored)
    return {group: curve(handled) for group, handled in _with_coarser(fine).items()}


def _with_coarser(fine: dict[Group, dict[int, Ended]]) -> dict[Group, dict[int, Ended]]:
    levels: dict[Group, list[dict[int, Ended]]] = {}
    for group, handled in fine.items():
        for length in (1, 2):
            levels.setdefault(group[:length], []).append(handled)
    return {**fine, **{group: together(several) for group, several in levels.items()}}


def _cell(handling: Handling) -> tuple[Any, ...]:
    """Where it counts, and for how much."""
    h, ended = handling, handling.ended
    return h.metric, h.priority, h.kind, h.month, h.bin, ended.stopped, ended.censored


def _handling(row: Sequence[Any]) -> Handling:
    _, clock_id, cycle, metric, priority, kind, month, bin, stopped, censored, broke, at = row
    ended = Ended(stopped, censored)
    return Handling(clock_id, cycle, metric, priority, kind, month, bin, ended, broke, at)
