"""The facts as lines: the exact bytes that are sealed, exported and checked.

Texts of values depend on settings of the session, so `FIXED_SETTINGS` come first in a transaction.
"""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

import asyncpg

from sla.evidence.domain.fact_tables import LAYOUT, SEALED

FIXED_SETTINGS: Final = """
SET LOCAL timezone = 'UTC'; SET LOCAL extra_float_digits = 1; SET LOCAL intervalstyle = 'postgres';
SET LOCAL bytea_output = 'hex'; SET LOCAL datestyle = 'ISO'
"""
MAX_FACTS_PER_SEAL: Final = 10_000
"""Facts under one seal at most: 32 bytes each."""


class Sealable(NamedTuple):
    """Facts of one table that are to be sealed: their positions as text, and their joined hashes."""

    size: int
    positions: str
    leaves: bytes


class FoundFact(NamedTuple):
    """A fact as it is: its position, its hash, its name for people, and when it was written down."""

    position: int
    hash: bytes
    name: str
    recorded_at: datetime | None


def line_sql(relation: str) -> str:
    """SQL for the line of a row `t` of this table; `from_sql` has what it needs."""
    head = f"""'{{"relation":"{relation}","position":' || t.position"""
    return f"""{head} || ',"row":' || row_to_json(sealed)::text || '}}'"""


def from_sql(relation: str, layout: int = LAYOUT) -> str:
    """SQL for a table as `t`, and beside each row what of it is sealed in a layout.

    The text is made by `row_to_json`: `jsonb` would cost twice as much, for an order that columns have anyway.
    """
    columns = ", ".join(f"t.{column}" for column in SEALED[relation].columns[layout - 1])
    return f"{relation} t, LATERAL (SELECT {columns}) AS sealed"


def _hash_sql(relation: str) -> str:
    return f"sha256('\\x00'::bytea || convert_to({line_sql(relation)}, 'UTF8'))"


def _group_sql(relation: str, condition: str) -> str:
    return f"""
    WITH fresh AS MATERIALIZED (
        SELECT t.position, {_hash_sql(relation)} AS hash FROM {from_sql(relation)} WHERE {condition}),
    numbered AS (
        SELECT *, (row_number() OVER (ORDER BY position) - 1) / {MAX_FACTS_PER_SEAL} AS part FROM fresh)
    SELECT count(*)::int AS size, range_agg(int8range(position, position, '[]'))::text AS positions,
        string_agg(hash, ''::bytea ORDER BY position) AS leaves
    FROM numbered GROUP BY part ORDER BY part
    """


_UNCOVERED = "NOT t.position <@ coalesce((SELECT range_agg(positions) FROM fact_seals), '{}')"


async def list_fresh(
    connection: "asyncpg.Connection[Any]", relation: str, snapshot: str, floor: int
) -> list[Sealable]:
    """List what transactions wrote that had not ended in this snapshot, at positions above `floor`."""
    low, high, running = split_snapshot(snapshot)
    condition = "t.xid >= $1 AND (t.xid >= $2 OR t.xid = ANY($3::bigint[])) AND t.position > $4"
    rows = await connection.fetch(_group_sql(relation, condition), low, high, running, floor)
    return [Sealable(*row) for row in rows]


async def list_uncovered(connection: "asyncpg.Connection[Any]", relation: str) -> list[Sealable]:
    """List all that no seal covers: at first, and in another cluster, whose transactions count anew."""
    return [Sealable(*row) for row in await connection.fetch(_group_sql(relation, _UNCOVERED))]


async def list_sealed(
    connection: "asyncpg.Connection[Any]", relation: str, layout: int, positions: Sequence[int]
) -> list[FoundFact]:
    """List what is at these positions of a table today, in their order."""
    table = SEALED[relation]
    recorded = f"t.{table.recorded}" if table.recorded else "NULL::timestamptz"
    query = f"""
    SELECT t.position, {_hash_sql(relation)} AS hash, {table.name} AS name, {recorded} AS recorded
    FROM {from_sql(relation, layout)} WHERE t.position BETWEEN $1 AND $2 AND t.position = ANY($3::bigint[])
    ORDER BY t.position
    """
    rows = await connection.fetch(query, positions[0], positions[-1], list(positions))
    return [FoundFact(*row) for row in rows]


async def list_put_in(
    connection: "asyncpg.Connection[Any]", relation: str, snapshot: str | None
) -> list[str]:
    """Name rows that no seal covers, though their transactions had ended when the last one was made.

    `snapshot` is that of the last seal; None where it is of another cluster.
    """
    _, high, running = split_snapshot(snapshot) if snapshot else (0, 0, [])
    query = f"""
    SELECT {SEALED[relation].name} AS name FROM {relation} t
    WHERE {_UNCOVERED} AND t.xid < $1 AND NOT t.xid = ANY($2::bigint[]) ORDER BY t.position LIMIT 20
    """
    return [row["name"] for row in await connection.fetch(query, high, running)]


async def stream_lines(
    connection: "asyncpg.Connection[Any]", relation: str, layout: int, positions: Sequence[int]
) -> AsyncIterator[bytes]:
    """Yield the lines of a seal's facts, in their order."""
    query = f"""
    SELECT {line_sql(relation)} AS line FROM {from_sql(relation, layout)}
    WHERE t.position BETWEEN $1 AND $2 AND t.position = ANY($3::bigint[]) ORDER BY t.position
    """
    async for row in connection.cursor(query, positions[0], positions[-1], list(positions)):
        yield row["line"].encode()


def split_snapshot(snapshot: str) -> tuple[int, int, list[int]]:
    """Return the lowest running and the next transaction of a snapshot, and those that ran."""
    low, high, running = snapshot.split(":")
    return int(low), int(high), [int(one) for one in running.split(",") if one]
