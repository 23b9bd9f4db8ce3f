"""The present schema of a service, as SQL to read: `schema.sql` beside its code.

Read from PostgreSQL's catalog and formatted here, so that it is the same on every version that
OpsDesk runs on; the output of pg_dump changes with each. Comments are above what they are about.
"""

import re
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import asyncpg

from common.persistence import base_schema, schema_catalog
from common.persistence.bi_views import READER_ROLE, REPORTING_SCHEMA, View, load_views
from common.persistence.schema_catalog import Row

WIDTH = 100
TYPES = {"timestamp with time zone": "timestamptz", "double precision": "float8"}
CLOCK = """\
-- The service's clock, {schema}.now() RETURNS timestamptz: `migrate` gives it the form that the
-- settings ask for (common.simulated_time).
"""


async def dump(connection: "asyncpg.Connection[Any]", schema: str, module: str) -> str:
    """Return the schema of `module` as SQL; `schema` must be the search path."""
    catalog = await schema_catalog.read(connection, schema)
    own = [name for name in catalog.tables if name not in base_schema.TABLES]
    common = [name for name in catalog.tables if name in base_schema.TABLES]
    parts = (
        f"-- The schema {schema} as the migrations make it. Written by `make docs`; do not edit.\n",
        _heading("Sequences"),
        *_sequences(catalog.sequences),
        _heading(f"Tables of {schema}"),
        *_tables(catalog, own),
        _heading("Tables that every service has"),
        *_tables(catalog, common),
        CLOCK.format(schema=schema),
        _heading(f"Views for reports, which {READER_ROLE} reads"),
        *_views(catalog.views, schema, load_views(module)),
    )
    return "\n".join(parts)


def _heading(text: str) -> str:
    return f"-- {text}\n-- {'-' * len(text)}\n"


def _sequences(rows: Iterable[Row]) -> list[str]:
    return ["".join(f"CREATE SEQUENCE {row['name']} START {row['start']};\n" for row in rows)]


def _tables(catalog: schema_catalog.Catalog, names: Iterable[str]) -> Iterator[str]:
    functions: set[str] = set()
    for name in names:
        yield "".join(_table(catalog, name, functions))


def _table(catalog: schema_catalog.Catalog, name: str, functions: set[str]) -> Iterator[str]:
    table = catalog.tables[name]
    yield _comment(table["comment"])
    columns, constraints = catalog.columns[name], catalog.constraints[name]
    lines = ",\n".join([*map(_column, columns), *map(_constraint, constraints)])
    yield f"CREATE TABLE {name} (\n{lines}\n" + _wrap(f"){_storage(table['options'])};")
    for index in catalog.indexes[name]:
        yield _comment(index["comment"]) + _statement(index["definition"])
    yield from _rights(catalog, table)
    yield from _row_security(catalog, table)
    yield from _triggers(catalog.triggers[name], functions)


def _triggers(rows: Iterable[Row], functions: set[str]) -> Iterator[str]:
    """Each below the function that it calls, unless that is one of those written above."""
    for row in rows:
        if row["function"] not in functions:
            yield f"\n{row['function'].strip()};\n"
            functions.add(row["function"])
        yield _statement(row["definition"])


def _column(row: Row) -> str:
    parts = [
        row["name"],
        TYPES.get(row["type"], row["type"]),
        f"STORAGE {row['storage']}" if row["storage"] else "",
        "NOT NULL" if row["required"] else "",
        "GENERATED ALWAYS AS IDENTITY" if row["identity"] else "",
        _default(row),
    ]
    comment = textwrap.indent(_comment(row["comment"]), "    ")
    return f"{comment}    {' '.join(filter(None, parts))}"


def _default(row: Row) -> str:
    if row["expression"] is None:
        return ""
    expression = plain(row["expression"])
    return (
        f"GENERATED ALWAYS AS ({expression}) STORED" if row["computed"] else f"DEFAULT {expression}"
    )


def _constraint(row: Row) -> str:
    name, definition = f"    CONSTRAINT {row['name']}", plain(row["definition"])
    line = f"{name} {definition}"
    return line if len(line) < WIDTH else f"{name}\n{_wrap(definition, '        ')}".rstrip()


def _storage(options: Sequence[str] | None) -> str:
    return f" WITH ({', '.join(one.replace('=', ' = ') for one in options)})" if options else ""


def _rights(catalog: schema_catalog.Catalog, table: Row) -> Iterator[str]:
    """What the runtime role may not do with a table, though it may with others, and exceptions."""
    if table["revoked"]:
        yield f"REVOKE {', '.join(table['revoked'])} ON {table['name']} FROM {catalog.runtime};\n"
    for row in catalog.columns[table["name"]]:
        if row["granted"]:
            right = f"{', '.join(row['granted'])} ({row['name']})"
            yield f"GRANT {right} ON {table['name']} TO {catalog.runtime};\n"


def _row_security(catalog: schema_catalog.Catalog, table: Row) -> Iterator[str]:
    """What the contacts' role may do with a table, and which rows of it each role sees."""
    name = table["name"]
    for row in catalog.columns[name]:
        if row["contact_granted"]:
            right = f"{', '.join(row['contact_granted'])} ({row['name']})"
            yield f"GRANT {right} ON {name} TO {catalog.contact};\n"
    if table["contact_rights"]:
        yield f"GRANT {', '.join(table['contact_rights'])} ON {name} TO {catalog.contact};\n"
    if table["keeps_rows_apart"]:
        yield f"ALTER TABLE {name} FORCE ROW LEVEL SECURITY;\n"
    for policy in catalog.policies.get(name, ()):
        visible = " ".join(policy["visible"].split())
        acts = "FOR SELECT " if policy["is_for_reading"] else ""
        to = f"{acts}TO {', '.join(policy['roles'])}"
        yield _wrap(f"CREATE POLICY {policy['name']} ON {name} {to} USING ({plain(visible)});")


def _views(
    found: Mapping[str, Mapping[str, str]], schema: str, views: Sequence[View]
) -> Iterator[str]:
    for view in views:
        name = f"{schema}_{view.name}"
        yield "".join(_view(f"{REPORTING_SCHEMA}.{name}", view, found[name]))


def _view(name: str, view: View, types: Mapping[str, str]) -> Iterator[str]:
    """Write a view from its declaration: PostgreSQL's text of a query differs between versions."""
    yield f"{_comment(view.description)}CREATE VIEW {name} AS SELECT\n"
    last = view.columns[-1]
    for column in view.columns:
        expression = f"{column.expression} AS {column.name}" if column.expression else column.name
        kind = TYPES.get(types[column.name], types[column.name])
        yield textwrap.indent(_comment(f"{kind}: {column.description}"), "    ")
        yield f"    {expression}{'' if column is last else ','}\n"
    yield _wrap(f"FROM {view.source};")


def _statement(definition: str) -> str:
    """Write a statement, with a line for each clause where one line is too long."""
    text = f"{plain(definition)};"
    if len(text) < WIDTH:
        return f"{text}\n"
    first, *clauses = re.split(r" (?=(?:WHERE|REFERENCING|FOR EACH|EXECUTE) )", text)
    return _wrap(first) + "".join(_wrap(clause, "    ") for clause in clauses)


def _wrap(text: str, indent: str = "") -> str:
    """Wrap to lines of WIDTH characters; a longer expression stays whole."""
    lines = textwrap.wrap(
        text,
        WIDTH - 1,
        initial_indent=indent,
        subsequent_indent=f"{indent}    ",
        break_long_words=False,
        break_on_hyphens=False,
    )
    return "".join(f"{line}\n" for line in lines)


def _comment(text: str | None) -> str:
    lines = textwrap.wrap(" ".join((text or "").split()), WIDTH - 7)
    return "".join(f"-- {line}\n" for line in lines)


def plain(expression: str) -> str:
    """Simplify PostgreSQL's text of an expression to what a person would write."""
    text = re.sub(r"('(?:[^']|'')*')::text(?!\[)", r"\1", expression)
    text = re.sub(r"= ANY \(ARRAY\[([^]]*)\]\)", r"IN (\1)", text)
    text = re.sub(r"<> ALL \(ARRAY\[([^]]*)\]\)", r"NOT IN (\1)", text)
    for written, short in TYPES.items():
        text = text.replace(written, short)
    return text.replace(" USING btree ", " ")
