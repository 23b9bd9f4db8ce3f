"""What a backend of ours waits for, asked from another connection: which lock, held by whom.

The text of the blocker's statement may hold what a customer wrote. So only its verb and its table
leave this module, and PostgreSQL's `query_id`.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

import asyncpg

from common.persistence.database import Connection

LOOK_TIMEOUT_S = 2.0
"""Seconds that a look may take: a database that does not answer it tells nothing."""


@dataclass(frozen=True, slots=True)
class LockWait:
    """A lock that a backend waits for.

    `blocker` is the pid that holds it, `holder` its role, state and statement in words that quote
    nobody.
    """

    relation: str
    since: datetime
    blocker: int
    holder: str

    def __str__(self) -> str:
        return (
            f"waits for a lock on {self.relation}, held by backend {self.blocker} ({self.holder})"
        )


# Who waits for a row waits for its writer's transaction, and holds a lock on the tuple meanwhile.
_SELECT_WAIT = """
    SELECT
        COALESCE(wanted.relation, tuple.relation)::regclass::text AS relation,
        COALESCE(wanted.waitstart, statement_timestamp()) AS since,
        blocker.pid AS blocker, a.usename, a.application_name, a.state, a.query, a.query_id
    FROM pg_locks wanted
    CROSS JOIN LATERAL (SELECT pid FROM unnest(pg_blocking_pids(wanted.pid)) AS pid
                        ORDER BY pid LIMIT 1) blocker
    LEFT JOIN pg_locks tuple
        ON tuple.pid = wanted.pid AND tuple.locktype = 'tuple' AND tuple.granted
    LEFT JOIN pg_stat_activity a ON a.pid = blocker.pid
    WHERE wanted.pid = $1 AND NOT wanted.granted
    LIMIT 1
"""


def backend_pid(tx: Connection) -> int:
    """Return the pid of the backend that serves a transaction, without asking it."""
    assert tx.sync_connection is not None, "inside a transaction there is a connection"
    driver: Any = tx.sync_connection.connection.driver_connection
    return cast("asyncpg.Connection[Any]", driver).get_server_pid()


async def find_lock_wait(connection: "asyncpg.Connection[Any]", pid: int) -> LockWait | None:
    """Return the lock that a backend waits for; None where it waits for none.

    Raises TimeoutError, OSError or a database error where the database does not answer.
    """
    row = await connection.fetchrow(_SELECT_WAIT, pid, timeout=LOOK_TIMEOUT_S)
    if row is None:
        return None
    holder = " ".join(
        str(part)
        for part in (
            row["usename"] or "?",
            row["application_name"] or "",
            row["state"] or "",
            summarise_statement(row["query"] or ""),
            f"query_id {row['query_id']}" if row["query_id"] else "",
        )
        if part
    )
    return LockWait(row["relation"] or "a transaction", row["since"], row["blocker"], holder)


_VERB = re.compile(
    r"\s*(?:/\*.*?\*/\s*)*("
    r"(?:create|drop|alter|lock|truncate|refresh)(?:\s+(?:unique|materialized|table|index|view)\b)*"
    r"|insert|update|delete|select|with|merge|copy|vacuum|analyze|reindex|cluster|begin|commit"
    r"|rollback)\b",
    re.IGNORECASE | re.DOTALL,
)
_TABLE = re.compile(
    r"\b(?:from|into|update|table|on|join)\s+(?:only\s+)?([a-z_][\w.]*)", re.IGNORECASE
)


def summarise_statement(statement: str) -> str:
    """Return a statement's verb and first table, never a literal; "" where it is none that we know."""
    verb = _VERB.match(statement)
    if verb is None:
        return ""
    # Only what stands before the first literal: what a customer wrote may look like SQL.
    before_literals = re.split(r"['$\"]|--", statement, maxsplit=1)[0]
    table = _TABLE.search(before_literals, verb.start(1))
    words = " ".join(verb.group(1).upper().split())
    return f"{words} {table.group(1)}" if table else words
