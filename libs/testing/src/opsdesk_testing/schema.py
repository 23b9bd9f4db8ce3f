"""The schema that the migrations create, compared with the tables in the code.

`python -m opsdesk_testing.schema`, at the root of the repository, writes the `schema.sql` of every
service. It starts a PostgreSQL unless the environment names one.
"""

import asyncio
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import asyncpg
from sqlalchemy import Column, MetaData, make_url

from common.persistence import base_schema, schema_catalog
from common.persistence.migration_files import migrations_folder
from common.persistence.schema_dump import dump
from opsdesk_testing.databases import MODULES, Templates

if TYPE_CHECKING:
    from opsdesk_local.servers import Servers

DIALECT = make_url("postgresql+asyncpg://").get_dialect()
NAMES = {"timestamp with time zone": "timestamptz", "float": "double precision"}
"""Types that have different names in PostgreSQL and SQLAlchemy."""


def schema_file(module: str) -> Path:
    """Return the path of a service's `schema.sql`."""
    return migrations_folder(module).with_name("schema.sql")


async def present_schema(url: str, schema: str) -> str:
    """Return the content of that file from a migrated database; `url` is the owner's."""
    connection = await asyncpg.connect(url, server_settings={"search_path": schema})
    try:
        return await dump(connection, schema, MODULES[schema])
    finally:
        await connection.close()


async def differences(
    url: str, schema: str, metadata: MetaData, accepted: Mapping[str, str]
) -> list[str]:
    """Return the columns that differ between the database and `metadata` in type or NOT NULL.

    `accepted` gives the reason where a column (`clocks.breached`), or a table with all of its columns
    (`punctuality_horizon`), differs on purpose; a reason that nothing needs is a difference, too.
    """
    connection = await asyncpg.connect(url, server_settings={"search_path": schema})
    try:
        catalog = await schema_catalog.read(connection, schema)
    finally:
        await connection.close()
    database, code = dict(_in_database(catalog)), dict(_in_code(metadata))
    unlike = {
        column: f"{database.get(column)} in the database, {code.get(column)} in the code"
        for column in database.keys() | code.keys()
        if database.get(column) != code.get(column)
    }
    by_table = {column: column.partition(".")[0] for column in unlike}
    needless = accepted.keys() - unlike.keys() - set(by_table.values())
    return sorted(
        [
            f"{column}: {how}"
            for column, how in unlike.items()
            if not {column, by_table[column]} & accepted.keys()
        ]
        + [f"{name}: accepted as different, but it is the same" for name in needless]
    )


def _in_database(catalog: schema_catalog.Catalog) -> Iterator[tuple[str, str]]:
    for table, columns in catalog.columns.items():
        if table in catalog.tables and table not in base_schema.TABLES:
            for row in columns:
                name = row["name"].strip('"')
                yield f"{table}.{name}", _describe(row["type"], row["required"])


def _in_code(metadata: MetaData) -> Iterator[tuple[str, str]]:
    for table in metadata.tables.values():
        for column in table.columns:
            yield f"{table.name}.{column.name}", _describe(_type(column), not column.nullable)


def _type(column: Column[Any]) -> str:
    return column.type.compile(dialect=DIALECT()).lower()


def _describe(kind: str, required: bool) -> str:
    name = kind.replace(", ", ",")
    return f"{NAMES.get(name, name)}{' NOT NULL' if required else ''}"


async def _write(servers: "Servers") -> None:
    templates = Templates(servers, prefix=f"docs_{os.getpid()}")
    try:
        for schema, module in MODULES.items():
            template = await templates.of(schema)
            text = await present_schema(templates.owner_url(template, template.name), schema)
            schema_file(module).write_text(text, encoding="utf-8")
    finally:
        await templates.drop_all()


def main() -> None:
    from opsdesk_local import servers_for_tests

    with servers_for_tests(brokers=0) as servers:
        asyncio.run(_write(servers))


if __name__ == "__main__":
    main()
