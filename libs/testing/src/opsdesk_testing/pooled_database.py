"""A test's database whose connections stay open for the next test: opening them costs as much as a short test."""

from typing import Any

import asyncpg
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine

from common.persistence.database import Database


class PooledDatabase:
    """A database and the connections in its pools."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._connections: dict[int, asyncpg.Connection] = {}
        """By the id of what SQLAlchemy has around it, which loses it before it is told of as closed."""
        self._watched: list[AsyncEngine] = []
        for engine in database.engines:
            self._watch(engine)

    @property
    def server_processes(self) -> tuple[int, ...]:
        """The ids of PostgreSQL's processes behind the pools."""
        return tuple(one.get_server_pid() for one in self._connections.values())

    async def come_to_rest(self) -> None:
        """Forget a test's callbacks, and close the pools if they have a connection that is not as it was opened."""
        new = [engine for engine in self.database.engines if engine not in self._watched]
        if new or not all(map(_is_idle, self._connections.values())):
            await self.database.close()
            # What a test left checked out stays open: it is hung up on.
            self._connections.clear()
        for engine in new:
            self._watch(engine)
        self.database.on_outbox_events.clear()
        self.database.on_deadlines_scheduled.clear()

    def _watch(self, engine: AsyncEngine) -> None:
        self._watched.append(engine)
        event.listen(engine.sync_engine, "connect", self._opened)
        event.listen(engine.sync_engine, "close", self._closed)

    def _opened(self, pooled: Any, _record: object) -> None:
        self._connections[id(pooled)] = pooled.driver_connection

    def _closed(self, pooled: Any, _record: object) -> None:
        self._connections.pop(id(pooled), None)


def _is_idle(connection: asyncpg.Connection) -> bool:
    return not connection.is_closed() and not connection.is_in_transaction()
