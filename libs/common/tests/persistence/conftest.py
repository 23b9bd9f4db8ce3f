"""A database in which a test may make tables of its own."""

from collections.abc import AsyncIterator

import pytest

from common.persistence.database import Connection, Database


@pytest.fixture
async def owner_tx(owner_url: str, database: Database) -> AsyncIterator[Connection]:
    """A transaction of the schema's owner, who may create tables."""
    owner = Database(owner_url, database.schema, pool_size=1)
    async with owner.transaction() as tx:
        yield tx
    await owner.close()
