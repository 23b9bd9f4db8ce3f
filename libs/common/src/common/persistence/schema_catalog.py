"""A schema as PostgreSQL's catalog describes it: tables, columns, constraints, indexes, triggers."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import asyncpg

from common.persistence.bi_views import REPORTING_SCHEMA
from common.persistence.row_scope import contact_role

Row = Mapping[str, Any]

SEQUENCES = """
SELECT relname AS name, seqstart AS start
FROM pg_sequence JOIN pg_class ON pg_class.oid = seqrelid
WHERE relnamespace = $1::regnamespace AND NOT EXISTS (  -- that of an identity column
    SELECT FROM pg_depend WHERE objid = seqrelid AND classid = 'pg_class'::regclass AND deptype = 'i')
ORDER BY relname
"""
TABLES = """
SELECT relname AS name, reloptions AS options, obj_description(oid, 'pg_class') AS comment,
    ARRAY(SELECT right_ FROM unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) AS right_
        WHERE NOT has_table_privilege($2, oid, right_)) AS revoked,
    ARRAY(SELECT privilege_type FROM aclexplode(relacl) WHERE grantee = $3::regrole
        ORDER BY privilege_type) AS contact_rights,
    relrowsecurity AND relforcerowsecurity AS keeps_rows_apart
FROM pg_class
WHERE relnamespace = $1::regnamespace AND relkind = 'r' AND relname <> 'alembic_version'
ORDER BY relname
"""
COLUMNS = """
SELECT relname AS table, quote_ident(attname) AS name, format_type(atttypid, atttypmod) AS type,
    attnotnull AS required, attidentity <> '' AS identity, attgenerated <> '' AS computed,
    pg_get_expr(adbin, adrelid, true) AS expression,
    CASE WHEN attstorage = typstorage THEN NULL ELSE CASE attstorage
        WHEN 'p' THEN 'PLAIN' WHEN 'e' THEN 'EXTERNAL' WHEN 'm' THEN 'MAIN' WHEN 'x' THEN 'EXTENDED'
        END END AS storage,
    col_description(attrelid, attnum) AS comment,
    ARRAY(SELECT privilege_type FROM aclexplode(attacl) WHERE grantee = $2::regrole
        ORDER BY privilege_type) AS granted,
    ARRAY(SELECT privilege_type FROM aclexplode(attacl) WHERE grantee = $3::regrole
        ORDER BY privilege_type) AS contact_granted
FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid JOIN pg_type ON pg_type.oid = atttypid
LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
WHERE relnamespace = $1::regnamespace AND relkind = 'r' AND attnum > 0 AND NOT attisdropped
ORDER BY relname, attnum
"""
# NOT NULL (n) is a constraint, too, from version 18 on; it is written with its column.
CONSTRAINTS = """
SELECT relname AS table, conname AS name, pg_get_constraintdef(pg_constraint.oid, true) AS definition
FROM pg_constraint JOIN pg_class ON pg_class.oid = conrelid
WHERE connamespace = $1::regnamespace AND contype IN ('p', 'u', 'x', 'f', 'c')
ORDER BY relname, array_position(ARRAY['p', 'u', 'x', 'f', 'c'], contype::text), conname
"""
INDEXES = """
SELECT relname AS table, pg_get_indexdef(indexrelid, 0, true) AS definition,
    obj_description(indexrelid, 'pg_class') AS comment
FROM pg_index JOIN pg_class ON pg_class.oid = indrelid
WHERE relnamespace = $1::regnamespace
    AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid AND contype IN ('p', 'u', 'x'))
ORDER BY relname, indexrelid::regclass::text
"""
TRIGGERS = """
SELECT relname AS table, pg_get_triggerdef(pg_trigger.oid, true) AS definition,
    pg_get_functiondef(tgfoid) AS function
FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
WHERE relnamespace = $1::regnamespace AND NOT tgisinternal
ORDER BY relname, tgname
"""
POLICIES = """
SELECT relname AS table, polname AS name, pg_get_expr(polqual, polrelid) AS visible,
    polcmd = 'r' AS is_for_reading,
    ARRAY(SELECT rolname FROM pg_roles WHERE pg_roles.oid = ANY(polroles) ORDER BY rolname) AS roles
FROM pg_policy JOIN pg_class ON pg_class.oid = polrelid
WHERE relnamespace = $1::regnamespace
ORDER BY relname, polname
"""
VIEWS = f"""
SELECT relname AS table, attname AS name, format_type(atttypid, atttypmod) AS type
FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
WHERE relnamespace = '{REPORTING_SCHEMA}'::regnamespace AND relkind = 'v' AND attnum > 0
"""

ByTable = Mapping[str, Sequence[Row]]


@dataclass(frozen=True, slots=True)
class Catalog:
    """The objects of a schema, all but sequences by table.

    `runtime` is the service's role, `contact` the one that it takes on for a customer's contact.
    """

    runtime: str
    contact: str
    sequences: Sequence[Row]
    tables: Mapping[str, Row]
    columns: ByTable
    constraints: ByTable
    indexes: ByTable
    triggers: ByTable
    policies: ByTable
    views: Mapping[str, Mapping[str, str]]


async def read(connection: "asyncpg.Connection[Any]", schema: str) -> Catalog:
    """Read the objects of the schema, and the columns of all BI views with their types."""
    runtime, contact = f"opsdesk_{schema}", contact_role(schema)
    views: dict[str, dict[str, str]] = defaultdict(dict)
    for row in await connection.fetch(VIEWS):
        views[row["table"]][row["name"]] = row["type"]
    return Catalog(
        runtime=runtime,
        contact=contact,
        sequences=await connection.fetch(SEQUENCES, schema),
        tables={
            row["name"]: row for row in await connection.fetch(TABLES, schema, runtime, contact)
        },
        columns=_by_table(await connection.fetch(COLUMNS, schema, runtime, contact)),
        constraints=_by_table(await connection.fetch(CONSTRAINTS, schema)),
        indexes=_by_table(await connection.fetch(INDEXES, schema)),
        triggers=_by_table(await connection.fetch(TRIGGERS, schema)),
        policies=_by_table(await connection.fetch(POLICIES, schema)),
        views=views,
    )


def _by_table(rows: Sequence[Row]) -> ByTable:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[row["table"]].append(row)
    return found
