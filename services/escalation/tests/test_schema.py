"""The migrations and the tables that the code reads say the same."""

from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from escalation.tables import METADATA

OURS = set(METADATA.tables)


def _concerns_columns(difference: Any) -> bool:
    """Indexes, constraints and the ground's own tables are the migrations' business alone."""
    kind = difference[0] if isinstance(difference[0], str) else difference[0][0]
    if kind in {"add_table", "remove_table"}:
        return difference[1].name in OURS
    return "column" in kind or "nullable" in kind or "type" in kind


async def test_the_migrations_make_the_tables_that_the_code_reads(owner_url: str) -> None:
    engine = create_async_engine(
        make_url(owner_url).set(drivername="postgresql+asyncpg"),
        connect_args={"server_settings": {"search_path": "escalation"}},
    )
    async with engine.connect() as connection:
        found = await connection.run_sync(
            lambda sync: compare_metadata(MigrationContext.configure(sync), METADATA)
        )
    await engine.dispose()
    assert [difference for difference in found if _concerns_columns(difference)] == []
