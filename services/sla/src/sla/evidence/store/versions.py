"""Versions of rows: their histories, and how rows differ from their last version."""

import hashlib
import json
from collections.abc import AsyncIterator
from typing import Any, NamedTuple

import asyncpg

from sla.evidence.domain.fact_tables import SEALED, VERSIONED, FactTable
from sla.evidence.domain.row_history import COMMITMENT, ERASED, Body, Version

_SELECT_HISTORY = """
SELECT {key} AS key, position, operation, body, written_by,
    xid IN (SELECT xid FROM audit) AS audited
FROM fact_versions WHERE relation = $1 ORDER BY 1, position
"""
_SELECT_DIFFERING = """
SELECT version.body AS version, present.body AS present FROM (
    SELECT DISTINCT ON (key) key, body, operation FROM (
        SELECT {key} AS key, body - {uncompared}::text[] AS body, operation, position
        FROM fact_versions WHERE relation = $1) AS every
    ORDER BY key, position DESC) AS version
FULL JOIN (
    SELECT {key} AS key, body - {uncompared}::text[] AS body FROM (
        SELECT to_jsonb(t) AS body FROM {relation} t) AS whole) AS present USING (key)
WHERE version.key IS NULL OR present.key IS NULL OR version.operation = 'delete'
    OR version.body <> present.body
ORDER BY key
"""
_SELECT_COMMITTED = """
SELECT to_jsonb(t) AS whole, (to_jsonb(t) -> '{erasable}')::text AS text, last.body ->> 'commitment' AS commitment, salt
FROM {relation} t
JOIN LATERAL (
    SELECT body, position FROM fact_versions v
    WHERE relation = $1 AND {key_of_version} = {key_of_row} ORDER BY position DESC LIMIT 1) AS last ON true
LEFT JOIN fact_salts USING (position)
"""
_SELECT_MISCOUNTED = """
SELECT coalesce(counted.xid, found.xid) AS xid, coalesce(counted.rows, 0) AS rows, coalesce(found.rows, 0) AS found
FROM (SELECT xid, sum((body ->> 'rows')::bigint) AS rows FROM fact_versions
      WHERE relation = $1 AND operation = 'insert' GROUP BY xid) AS counted
FULL JOIN (SELECT xid, count(*) AS rows FROM {relation} GROUP BY xid) AS found USING (xid)
WHERE counted.rows IS DISTINCT FROM found.rows ORDER BY 1 LIMIT 20
"""
_SELECT_REWRITINGS = """
SELECT relation, operation, written_by, body, position FROM fact_versions
WHERE relation = ANY($1::text[]) AND (operation <> 'insert' OR written_by <> $2)
ORDER BY position LIMIT 50
"""
_SELECT_SILENT_TABLES = """
SELECT wanted.name FROM unnest($1::text[]) AS wanted (name)
WHERE (SELECT count(*) FROM pg_trigger g JOIN pg_proc p ON p.oid = g.tgfoid
    WHERE g.tgrelid = to_regclass(quote_ident(wanted.name)) AND g.tgenabled IN ('O', 'A')
        AND p.proname IN ('record_versions', 'record_erasable_versions', 'record_count', 'record_rewriting')
    ) < CASE WHEN wanted.name = ANY($2::text[]) THEN 2 ELSE 3 END
ORDER BY 1
"""


class DifferingRow(NamedTuple):
    """A row and its last version, without what is compared by its commitment; None: not there."""

    version: Body | None
    present: Body | None


async def stream_history(
    connection: "asyncpg.Connection[Any]", relation: str
) -> AsyncIterator[tuple[str, Version]]:
    """Yield the versions of all rows of a table, row by row, each in order, with the key of the row."""
    query = _SELECT_HISTORY.format(key=_key_sql(VERSIONED[relation]))
    async for row in connection.cursor(query, relation):
        yield (
            row["key"],
            Version(
                row["position"],
                row["operation"],
                json.loads(row["body"]),
                row["written_by"],
                row["audited"],
            ),
        )


async def list_differing(
    connection: "asyncpg.Connection[Any]", relation: str
) -> list[DifferingRow]:
    """List the rows of a table that are not what their last version says."""
    table = VERSIONED[relation]
    columns = [table.erasable, COMMITMENT] if table.erasable else []
    uncompared = "'{" + ",".join(columns) + "}'"
    query = _SELECT_DIFFERING.format(key=_key_sql(table), uncompared=uncompared, relation=relation)
    rows = await connection.fetch(query, relation)
    return [DifferingRow(_load(row["version"]), _load(row["present"])) for row in rows]


async def list_broken_promises(connection: "asyncpg.Connection[Any]", relation: str) -> list[Body]:
    """List the rows whose erasable text is not the one of which their last version has a digest."""
    table = VERSIONED[relation]
    query = _SELECT_COMMITTED.format(
        relation=relation,
        erasable=table.erasable,
        key_of_version=_key_sql(table, "v.body"),
        key_of_row=_key_sql(table, "to_jsonb(t)"),
    )
    rows = await connection.fetch(query, relation)
    return [json.loads(row["whole"]) for row in rows if not _matches_commitment(row)]


def _matches_commitment(row: asyncpg.Record) -> bool:
    if row["commitment"] is None:
        return bool(json.loads(row["text"]) == ERASED)
    if row["salt"] is None:
        return False
    digest = hashlib.sha256(row["salt"] + row["text"].encode()).hexdigest()
    return bool(digest == row["commitment"])


async def list_miscounted(
    connection: "asyncpg.Connection[Any]", relation: str
) -> list[tuple[int, int, int]]:
    """List transactions whose rows are not as many as they wrote: number, rows written, rows there."""
    query = _SELECT_MISCOUNTED.format(relation=relation)
    rows = await connection.fetch(query, relation)
    return [(row["xid"], int(row["rows"]), row["found"]) for row in rows]


async def list_rewritings(connection: "asyncpg.Connection[Any]", service_role: str) -> list[str]:
    """List statements of others than the service, or that changed rows, where rows are only added."""
    direct = [relation for relation in SEALED if relation != "fact_versions"]
    rows = await connection.fetch(_SELECT_REWRITINGS, direct, service_role)
    words = {"insert": "put in", "update": "changed", "delete": "deleted"}
    return [
        f"{row['relation']}: rows were {words[row['operation']]} by the role {row['written_by']},"
        f" at position {row['position']}"
        for row in rows
    ]


async def list_silent_tables(connection: "asyncpg.Connection[Any]") -> list[str]:
    """List tables whose triggers, which record versions, are gone or switched off."""
    direct = [relation for relation in SEALED if relation != "fact_versions"]
    rows = await connection.fetch(_SELECT_SILENT_TABLES, [*VERSIONED, *direct], direct)
    return [row["name"] for row in rows]


def _key_sql(table: FactTable, body: str = "body") -> str:
    columns = ", ".join(f"{body} -> '{column}'" for column in table.key)
    return f"jsonb_build_array({columns})::text"


def _load(body: str | None) -> Body | None:
    return json.loads(body) if body is not None else None
