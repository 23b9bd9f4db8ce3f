"""The evidence: what fired when, as lines that are sealed and exported byte for byte.

Lines are ordered by their instant and name. They are built from the inputs of the clocks, which are
append-only, so that a firing is stored once (docs/decisions/0633).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import text

from common.persistence.database import Connection


class LinePosition(NamedTuple):
    at: datetime
    name: str


@dataclass(frozen=True, slots=True)
class Line:
    position: LinePosition
    bytes: bytes


def _instant_sql(column: str) -> str:
    """SQL for an instant as RFC 3339 text with microseconds."""
    return f"""to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""


KNOWN_AT_SQL = """(
    SELECT h.known_at FROM clock_inputs h
    WHERE h.clock_id = i.clock_id AND h.ordinal < i.ordinal AND h.kind NOT IN ('fired', 'waived')
    ORDER BY h.ordinal DESC LIMIT 1)"""
"""SQL for the instant at which the firing `i` became known to be due: that of the input before."""
WRITTEN_AT_SQL = """coalesce((
    SELECT max(f.fired_at) FROM firings f
    WHERE f.subject = i.clock_id AND f.kind = 'clock' AND f.due_at <= i.known_at
        AND f.fired_at >= i.known_at), i.known_at)"""
"""SQL for the last statement of the firing transaction (C8); `known_at` if an event came first."""

_SELECT_LINES = text(
    f"""
    WITH fired AS MATERIALIZED (
        SELECT known_at, n.name, clock_id, ordinal
        FROM clock_inputs, LATERAL
            (SELECT 'clock/' || clock_id || '/' || lpad(ordinal::text, 9, '0') AS name) AS n
        WHERE kind = 'fired' AND known_at >= :after_at AND known_at <= :until_at
            AND (known_at, n.name COLLATE "C") > (:after_at, :after_name COLLATE "C")
            AND (known_at, n.name COLLATE "C") <= (:until_at, :until_name COLLATE "C")
        ORDER BY known_at, n.name COLLATE "C" LIMIT :limit),
    beaten AS MATERIALIZED (
        SELECT b.*, n.name
        FROM heartbeats b, LATERAL (SELECT 'beat/' || run || '/' || {_instant_sql("at")} AS name) AS n
        WHERE at >= :after_at AND at <= :until_at
            AND (at, n.name COLLATE "C") > (:after_at, :after_name COLLATE "C")
            AND (at, n.name COLLATE "C") <= (:until_at, :until_name COLLATE "C")
        ORDER BY at, n.name COLLATE "C" LIMIT :limit)
    SELECT at, name, line FROM (
        SELECT i.known_at AS at, fired.name, jsonb_build_object(
            'firing', fired.name, 'kind', i.body::jsonb -> 'firing' ->> 0,
            'reason', i.body::jsonb -> 'firing' ->> 3, 'fired_without_events', i.fired_without_events,
            'due_at', {_instant_sql("i.at")}, 'heard_at', {_instant_sql(KNOWN_AT_SQL)},
            'fired_at', {_instant_sql("i.known_at")}, 'written_at', {_instant_sql(WRITTEN_AT_SQL)})::text AS line
        FROM fired JOIN clock_inputs i USING (clock_id, ordinal)
        UNION ALL
        SELECT b.at, b.name, jsonb_build_object(
            'beat', b.name, 'at', {_instant_sql("b.at")}, 'since', {_instant_sql("b.since")},
            'looks', b.looks, 'longest_ms', round(extract(epoch FROM b.longest) * 1000))::text
        FROM beaten b
    ) AS lines
    ORDER BY at, name COLLATE "C" LIMIT :limit
    """
)
"""Positions are selected first, in the order of an index; only the chosen rows become lines."""

_SELECT_FIRST_AT = text(
    """
    SELECT least((SELECT min(known_at) FROM clock_inputs WHERE kind = 'fired'),
        (SELECT min(at) FROM heartbeats))
    """
)


async def list_lines(
    tx: Connection, after: LinePosition, until: LinePosition, limit: int | None = None
) -> Sequence[Line]:
    """The lines in `(after, until]`, in order."""
    parameters = {
        "after_at": after.at,
        "after_name": after.name,
        "until_at": until.at,
        "until_name": until.name,
        "limit": limit,
    }
    rows = await tx.execute(_SELECT_LINES, parameters)
    return [Line(LinePosition(row.at, row.name), row.line.encode()) for row in rows]


async def get_first_at(tx: Connection) -> datetime | None:
    """The instant of the first line; None while there is none."""
    instant: datetime | None = await tx.scalar(_SELECT_FIRST_AT)
    return instant
