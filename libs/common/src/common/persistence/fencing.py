"""Ends a connection whose statement may still run, so that its outcome can be looked up.

A connection that is closed on our side leaves its statement running on the server, which may commit
a minute later. Who looks before that finds nothing, and is wrong.
"""

from typing import Any, Final

import asyncpg

from common.persistence.ids import uuid7
from common.persistence.workload import Workload

MAX_NAME_CHARS: Final = 63
"""PostgreSQL cuts what is longer."""
GONE_TIMEOUT_MS: Final = 2_000
"""Milliseconds that a server process may take to end."""

FENCE: Final = Workload(
    "fence", 1, acquire_s=0, lock_s=1, statement_s=3, idle_s=5, connect_s=2, grace_s=1
)
"""For the connection that fences and looks up: its answer is awaited by a caller."""

_TERMINATE: Final = f"""
SELECT pg_terminate_backend(pid, {GONE_TIMEOUT_MS}) FROM pg_stat_activity WHERE application_name = $1
"""
_IS_GONE: Final = "SELECT NOT EXISTS (SELECT FROM pg_stat_activity WHERE application_name = $1)"


def connection_name(schema: str, workload: Workload) -> str:
    """Return a name that no other connection has: an id of a process is given again, this is not."""
    return f"opsdesk {schema} {workload.name} {uuid7()}"[:MAX_NAME_CHARS]


async def fence(connection: "asyncpg.Connection[Any]", name: str) -> bool:
    """End the connection with this name. Returns whether it is gone, and its transaction with it.

    `connection` is another one to the same server, of the same login.
    """
    # A second login acts as the service's role (docs/runbooks/key-rotation.md), which may not end sessions of that login; it may itself.
    await connection.execute("SET ROLE NONE")
    try:
        await connection.execute(_TERMINATE, name)
        return bool(await connection.fetchval(_IS_GONE, name))
    finally:
        await connection.execute("RESET ROLE")
