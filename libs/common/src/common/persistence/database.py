"""PostgreSQL: one transaction per request, batch of events or batch of deadlines; nothing else commits.

The schema is the connection's `search_path`; only `<schema>.now()` is written in full, because `now()`
alone is the database's own clock.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any, cast

import asyncpg
from sqlalchemy import MetaData
from sqlalchemy.ext.asyncio import (
    AsyncConnection,
    AsyncEngine,
    AsyncTransaction,
    create_async_engine,
)

from common.persistence.errors import is_transient as is_transient  # noqa: PLC0414 - a re-export
from common.persistence.errors import sqlstate_of
from common.persistence.row_scope import ScopedConnection, begin_suffix, current_scope
from common.persistence.workload import COMMANDS, LEASES, Workload

Connection = AsyncConnection
"""What stores and handlers get: a connection inside a transaction."""

HAS_OUTBOX_EVENTS = "opsdesk.announced"
EARLIEST_DEADLINE = "opsdesk.armed"
AFTER_COMMIT = "opsdesk.after_commit"


class OutcomeUnknown(ConnectionError):
    """The connection was lost while it committed: the transaction is stored, or it is not."""


class LostBeforeCommit(ConnectionError):
    """The connection was lost before the commit was sent: nothing is stored."""


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


@dataclass(frozen=True, slots=True)
class _Shared:
    """What all workloads of one database share."""

    url: str
    schema: str
    sizes: Mapping[str, int]
    on_outbox_events: list[Callable[[], None]] = field(default_factory=list)
    on_deadlines_scheduled: list[Callable[[datetime], None]] = field(default_factory=list)
    databases: dict[str, "Database"] = field(default_factory=dict)


class Database:
    """The connections of one kind of work to the schema of a service.

    `for_workload` gives the connections of another kind; `close` closes all. `sizes` are numbers of
    connections by the workload's name, in place of its own. Shared by all of them: `on_outbox_events` and
    `on_deadlines_scheduled`, called after the commit of a transaction that published events or scheduled
    deadlines; the latter with the earliest instant scheduled.
    """

    def __init__(
        self,
        url: str,
        schema: str,
        workload: Workload = COMMANDS,
        *,
        pool_size: int | None = None,
        sizes: Mapping[str, int] = MappingProxyType({}),
    ) -> None:
        sizes = {**sizes, workload.name: pool_size} if pool_size else sizes
        self._open(_Shared(url, schema, sizes), workload)

    def _open(self, shared: _Shared, workload: Workload) -> None:
        self._shared = shared
        self.url, self.schema = shared.url, shared.schema
        self.on_outbox_events = shared.on_outbox_events
        self.on_deadlines_scheduled = shared.on_deadlines_scheduled
        workload = workload.with_connections(shared.sizes.get(workload.name, workload.connections))
        self.workload = workload
        self.engine: AsyncEngine = create_async_engine(
            # Both ways to connect read the address the same: SQLAlchemy knows no `sslmode`.
            "postgresql+asyncpg://",
            async_creator=self._connect,
            pool_size=workload.connections,
            max_overflow=0,
            pool_timeout=workload.acquire_s,
            pool_pre_ping=False,
            # The text of an error is logged: it must not quote what a customer wrote.
            hide_parameters=True,
        )
        shared.databases[workload.name] = self

    def for_workload(self, workload: Workload) -> "Database":
        """Return this kind's connections to the same schema; the first call opens its pool."""
        found = self._shared.databases.get(workload.name)
        if found is None:
            found = object.__new__(Database)
            found._open(self._shared, workload)
        return found

    async def _connect(self) -> ScopedConnection:
        return await connect(self.url, self.schema, self.workload)

    @asynccontextmanager
    async def transaction(
        self, *, all_rows: bool = False, lock_timeout_s: float | None = None
    ) -> AsyncIterator[Connection]:
        """Open a transaction: committed when the block ends, rolled back when it raises.

        In a request of a contact it touches that customer's rows alone (`row_scope`), unless `all_rows`:
        for what the service looks up for anybody, such as a cache that all callers share.
        `lock_timeout_s`: how long a statement waits for a lock.
        Raises OutcomeUnknown when the connection was lost while it committed.
        """
        async with self.engine.connect() as connection:
            scope = None if all_rows else current_scope()
            driver_of(connection).begin_suffix = begin_suffix(scope, self.schema, lock_timeout_s)
            for name in (HAS_OUTBOX_EVENTS, EARLIEST_DEADLINE, AFTER_COMMIT):
                connection.info.pop(name, None)
            connection.info["schema"] = self.schema
            transaction = await connection.begin()
            try:
                yield connection
                await _commit(connection, transaction)
            except BaseException as error:
                await _roll_back(connection, transaction, error)
                raise
            has_events = connection.info.pop(HAS_OUTBOX_EVENTS, False)
            earliest_deadline: datetime | None = connection.info.pop(EARLIEST_DEADLINE, None)
            committed: Sequence[Callable[[], None]] = connection.info.pop(AFTER_COMMIT, ())
        for call in (*committed, *(self.on_outbox_events if has_events else ())):
            call()
        if earliest_deadline is not None:
            for notify in self.on_deadlines_scheduled:
                notify(earliest_deadline)

    async def dedicated_connection(
        self, workload: Workload = LEASES, *, name: str | None = None
    ) -> "asyncpg.Connection[Any]":
        """Open a connection outside any pool: for leases, which last as long as the connection.

        PostgreSQL closes it ten seconds after this machine is gone; by default it would keep the
        connection, and the lease, for two hours. `name` is its application_name, by which
        `common.persistence.fencing` finds it.
        """
        return await connect(self.url, self.schema, workload, name=name)

    @property
    def engines(self) -> list[AsyncEngine]:
        return [database.engine for database in self._shared.databases.values()]

    async def close(self) -> None:
        for engine in self.engines:
            await engine.dispose()


async def connect(
    url: str, schema: str, workload: Workload, *, name: str | None = None
) -> ScopedConnection:
    """Open a connection with the time-outs of a workload."""
    settings = {
        "search_path": schema,
        "application_name": name or f"opsdesk {schema} {workload.name}",
    }
    return await asyncpg.connect(
        url,
        timeout=workload.connect_s,
        command_timeout=workload.client_timeout_s,
        connection_class=ScopedConnection,
        server_settings=settings | workload.server_settings(),
    )


async def _commit(connection: Connection, transaction: AsyncTransaction) -> None:
    if not _is_valid(connection) or driver_of(connection).is_closed():
        raise LostBeforeCommit("the connection was lost within the transaction")
    try:
        await transaction.commit()
    except Exception as error:
        if is_definite(error):
            raise
        raise OutcomeUnknown("the connection was lost during the commit") from error


async def _roll_back(
    connection: Connection, transaction: AsyncTransaction, error: BaseException
) -> None:
    """Roll back; a connection whose statement may still run is closed, which ends the statement."""
    if _is_valid(connection):
        given_up = isinstance(error, TimeoutError | OutcomeUnknown | asyncio.CancelledError)
        if given_up or driver_of(connection).is_closed():
            await connection.invalidate()  # asks PostgreSQL to cancel, waits 2 s, then hangs up
    if transaction.is_active:
        await transaction.rollback()  # of an invalid connection nothing is sent


def _is_valid(connection: Connection) -> bool:
    return connection.sync_connection is not None and not connection.sync_connection.invalidated


def after_commit(tx: Connection, call: Callable[[], None]) -> None:
    """Call this once the transaction is committed, and never where it is not."""
    tx.info.setdefault(AFTER_COMMIT, []).append(call)


def is_definite(error: BaseException) -> bool:
    """Return whether PostgreSQL itself answered that the statement failed: it has no effect then."""
    state = sqlstate_of(error)
    return state is not None and not state.startswith(("08", "57P", "40003"))


async def transaction_time(tx: Connection) -> datetime:
    """Return the service's time, for a decision. Ask after the lock: its own statement's is before the wait."""
    question = f"SELECT {tx.info['schema']}.now()"
    if driver_of(tx).is_in_transaction():
        return cast(datetime, await driver_of(tx).fetchval(question))
    return cast(datetime, (await tx.exec_driver_sql(question)).scalar_one())


async def asyncpg_connection(tx: Connection) -> "asyncpg.Connection[Any]":
    """Return the asyncpg connection below, in the same transaction: for set-based statements."""
    driver = driver_of(tx)
    if not driver.is_in_transaction():
        await tx.exec_driver_sql("SELECT 1")  # SQLAlchemy sends BEGIN; asyncpg would commit each
    return driver


def driver_of(tx: Connection) -> ScopedConnection:
    """Return the asyncpg connection below, whether or not a transaction has begun."""
    assert tx.sync_connection is not None, "an open connection has one below"
    # `get_raw_connection` costs as much as a small statement, because of its greenlet.
    return cast(ScopedConnection, tx.sync_connection.connection.driver_connection)
