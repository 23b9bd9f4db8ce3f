"""What is taken away from tables while they are filled comes back as it was."""

import asyncpg

from opsdesk_local.roles import at_database
from opsdesk_local.servers import Servers
from opsdesk_testing.databases import Templates
from tests.benchmarks.dropped_indexes import Connection, create_indexes, drop_indexes

TABLES = ["intake.tickets", "intake.messages"]
_INDEXES = "SELECT indexdef AS definition FROM pg_indexes WHERE schemaname = 'intake' ORDER BY 1"
_CONSTRAINTS = """
SELECT conrelid::regclass || ' ' || conname || ' ' || replace(pg_get_constraintdef(oid), ' NOT VALID', '') AS definition
FROM pg_constraint WHERE connamespace = 'intake'::regnamespace ORDER BY 1
"""


async def test_indexes_keys_and_references_come_back(
    templates: Templates, servers: Servers
) -> None:
    """Twice, as a table is filled twice; references of other tables, too."""
    template = await templates.of("intake")
    async with templates.clone(template, 9_001) as url:
        name = url.rpartition("/")[2]
        connection = await asyncpg.connect(at_database(servers.admin_url, name))
        before = await _described(connection)
        for _ in range(2):
            keys = await drop_indexes(connection, TABLES)
            without = await _described(connection)
            assert not [one for one in without if " tickets_pkey" in one or "messages(" in one]
            await create_indexes([connection], keys, lambda line: None)
            assert await _described(connection) == before
        await connection.close()


async def _described(connection: Connection) -> list[str]:
    rows = [*await connection.fetch(_INDEXES), *await connection.fetch(_CONSTRAINTS)]
    return [row["definition"] for row in rows]
