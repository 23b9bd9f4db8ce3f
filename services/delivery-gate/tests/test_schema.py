"""The migrations make exactly the tables that the code names."""

import asyncpg
import pytest

from common.persistence.database import Database
from delivery_gate.tables import METADATA
from opsdesk_testing.schema import differences, present_schema, schema_file

NAMES = """
    SELECT conname FROM pg_constraint
    WHERE connamespace = 'delivery_gate'::regnamespace AND contype IN ('c', 'u', 'p', 'f')
    AND conrelid::regclass::text = ANY($1)
    UNION SELECT indexname FROM pg_indexes WHERE schemaname = 'delivery_gate' AND tablename = ANY($1)
"""


@pytest.fixture
def tables() -> list[str]:
    return list(METADATA.tables)


async def test_the_schema_in_the_repository_is_what_the_migrations_make(owner_url: str) -> None:
    text = schema_file("delivery_gate").read_text(encoding="utf-8")
    assert await present_schema(owner_url, "delivery_gate") == text, "run `make docs`"


async def test_the_code_names_every_column_as_the_migrations_make_it(owner_url: str) -> None:
    assert await differences(owner_url, "delivery_gate", METADATA, {}) == []


async def test_the_migrations_make_exactly_these_constraints(
    database: Database, tables: list[str]
) -> None:
    wanted = {
        str(getattr(one, "name", None))
        for table in METADATA.tables.values()
        for one in [*table.constraints, *table.indexes]
    }
    connection = await database.dedicated_connection()
    found = {row[0] for row in await connection.fetch(NAMES, tables)}
    await connection.close()
    assert found == wanted


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("audit", "who"),
        ("versions", "digest"),
        ("checks", "result"),
        ("verdicts", "outcome"),
        ("approvals", "at"),
    ],
)
@pytest.mark.parametrize("change", ["DELETE FROM {0}", "UPDATE {0} SET {1} = {1}"])
async def test_history_cannot_be_changed(
    database: Database, table: str, column: str, change: str
) -> None:
    """G1, R16: the service's own role may neither change nor delete it."""
    connection = await database.dedicated_connection()
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await connection.execute(change.format(table, column))
    await connection.close()
