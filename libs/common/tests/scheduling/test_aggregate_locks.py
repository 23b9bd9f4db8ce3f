"""The lock of timers: what is held is left out at once, what is gone is answered for."""

import asyncio
from uuid import UUID

from sqlalchemy import Column, MetaData, Table, Uuid, text

from common.persistence.database import Database
from common.scheduling.aggregate_locks import lock_available, select_existing
from opsdesk_testing.ledger import make_tables

ID = Table("accounts", MetaData(), Column("id", Uuid)).c.id
FREE, HELD, GONE = (UUID(int=number) for number in (1, 2, 3))


async def test_it_locks_what_is_free_leaves_what_is_held_and_returns_what_is_gone(
    database: Database, owner_url: str
) -> None:
    await make_tables(database, owner_url)
    async with database.transaction() as tx:
        await tx.execute(text("INSERT INTO accounts (id) VALUES (:id)"), {"id": FREE})
        await tx.execute(text("INSERT INTO accounts (id) VALUES (:id)"), {"id": HELD})
    async with database.transaction() as holder:
        assert await lock_available(holder, ID, [HELD]) == {HELD}
        async with asyncio.timeout(3), database.transaction() as tx:
            assert await lock_available(tx, ID, [FREE, HELD, GONE]) == {FREE, GONE}
            assert await lock_available(holder, ID, [FREE, HELD]) == {HELD}, "the lock is taken"
            assert await select_existing(tx, ID, [FREE, HELD, GONE]) == {FREE, HELD}
