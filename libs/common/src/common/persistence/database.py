"""PostgreSQL: one transaction per request, batch of events or batch of deadlines.

Nothing else commits. The schema is the connection's `search_path`; only `<schema>.now()` is written
in full, because `now()` alone is the database's own clock.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, cast

import asyncpg
from sqlalchemy import MetaData, make_url
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

Connection = AsyncConnection
"""What stores and handlers get: a connection inside a transaction."""

_KEEPALIVE_SETTINGS = {
    "tcp_keepalives_idle": "5",
    "tcp_keepalives_interval": "2",
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": "10000",
}
STATEMENT_TIMEOUT_S = 60.0
"""Seconds that one statement may take, its wait for locks included."""
LEASE_TIMEOUT_S = 15.0
"""The same for dedicated connections, which hold a lease: after it the connection counts as lost."""
HAS_OUTBOX_EVENTS = "opsdesk.announced"
EARLIEST_DEADLINE = "opsdesk.armed"


def metadata() -> MetaData:
    """Create the metadata of a service, with names of constraints that migrations can rely on."""
    return MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class Database:
    """The connections of a service to its schema.

    `on_outbox_events` and `on_deadlines_scheduled` are called after the commit of a transaction that
    published events or scheduled deadlines; the latter with the earliest instant scheduled.
    """

    def __init__(self, url: str, schema: str, *, pool_size: int = 10) -> None:
        self.url = url
        self.schema = schema
        self.on_outbox_events: list[Callable[[], None]] = []
        self.on_deadlines_scheduled: list[Callable[[datetime], None]] = []
        self.engine: AsyncEngine = create_async_engine(
            make_url(url).set(drivername="postgresql+asyncpg"),
            pool_size=pool_size,
            max_overflow=pool_size,
            pool_timeout=10,
            pool_pre_ping=False,
            # The text of an error is logged: it must not quote what a customer wrote.
            hide_parameters=True,
            connect_args={
                "timeout": 10,
                # Otherwise a host that is gone is waited for until TCP gives up.
                "command_timeout": STATEMENT_TIMEOUT_S,
                "server_settings": {"search_path": schema, "jit": "off"},
            },
        )

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        """Open a transaction: committed when the block ends, rolled back when it raises."""
        async with self.engine.connect() as connection:
            connection.info.pop(HAS_OUTBOX_EVENTS, None)
            connection.info.pop(EARLIEST_DEADLINE, None)
            connection.info["schema"] = self.schema
            async with connection.begin():
                yield connection
            has_events = connection.info.pop(HAS_OUTBOX_EVENTS, False)
            earliest_deadline: datetime | None = connection.info.pop(EARLIEST_DEADLINE, None)
        for wake in self.on_outbox_events if has_events else ():
            wake()
        if earliest_deadline is not None:
            for notify in self.on_deadlines_scheduled:
                notify(earliest_deadline)

    async def dedicated_connection(self) -> "asyncpg.Connection[Any]":
        """Open a connection outside the pool: for leases, which last as long as the connection.

        PostgreSQL closes it ten seconds after this machine is gone; by default it would keep the
        connection, and the lease, for two hours.
        """
        settings = {"search_path": self.schema, "jit": "off"} | _KEEPALIVE_SETTINGS
        return await asyncpg.connect(
            self.url, timeout=10, command_timeout=LEASE_TIMEOUT_S, server_settings=settings
        )

    async def close(self) -> None:
        await self.engine.dispose()


async def transaction_time(tx: Connection) -> datetime:
    """Return the service's time, for a decision. Ask after taking the lock, by its own statement.

    In the locking statement it would be the time before the wait.
    """
    return cast(
        datetime, await (await asyncpg_connection(tx)).fetchval(f"SELECT {tx.info['schema']}.now()")
    )


async def asyncpg_connection(tx: Connection) -> "asyncpg.Connection[Any]":
    """Return the asyncpg connection below, in the same transaction: for set-based statements."""
    assert tx.sync_connection is not None, "inside a transaction there is a connection"
    # `get_raw_connection` costs as much as a small statement, because of its greenlet.
    driver: Any = tx.sync_connection.connection.driver_connection
    if not driver.is_in_transaction():
        # SQLAlchemy sends BEGIN with its first statement; asyncpg alone would commit each one.
        await tx.exec_driver_sql("SELECT 1")
    return cast("asyncpg.Connection[Any]", driver)


def is_transient(error: BaseException) -> bool:
    """Return whether an error is temporary: the same statements may succeed later.

    Lost connections (08, 57P), deadlocks and serialization failures (40), no resources (53).
    """
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, ConnectionError | TimeoutError | asyncpg.InterfaceError):
            return True
        state = getattr(seen, "sqlstate", None)
        if isinstance(state, str) and (state[:2] in {"08", "40", "53"} or state[:3] == "57P"):
            return True
        seen = getattr(seen, "orig", None) or seen.__cause__
    return False
