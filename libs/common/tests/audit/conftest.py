"""A trail with three seals, and a role that may tamper with it."""

import os
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import asyncpg
import pytest

from common.audit import Entry, record
from common.audit.sealer import seal
from common.persistence.database import Database

AT = datetime(2026, 3, 2, 9, 30, 0, 123456, tzinfo=UTC)


def entry(number: int, subject: str = "ticket/1") -> Entry:
    grounds = {"reason": f"because {number} \u2013 ünïcode", "was": {"b": [1, None], "a": True}}
    return Entry(AT, "anna", "ticket.resolve", subject, grounds, behind="portal")


async def write(database: Database, *entries: Entry) -> None:
    async with database.transaction() as tx:
        await record(tx, *entries)


@pytest.fixture
async def trail(database: Database) -> Database:
    """Entries 1 to 9: three in each of the seals 1, 2 and 3."""
    for first in (1, 4, 7):
        await write(database, *(entry(first + n, f"ticket/{n}") for n in range(3)))
        await seal(database)
    return database


@pytest.fixture
async def superuser(database: Database, servers: Any) -> "AsyncIterator[asyncpg.Connection[Any]]":
    address = servers.admin_url.rpartition("/")[0] + "/" + os.path.basename(database.url)
    connection = await asyncpg.connect(address, server_settings={"search_path": database.schema})
    # Foreign keys stop nobody who may do this.
    await connection.execute("SET session_replication_role = replica")
    yield connection
    await connection.close()
