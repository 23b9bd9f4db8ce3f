"""Making a database with schemas and roles of services, and saying what that would do."""

from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager
from typing import Final
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from common.setup.roles import READER_ROLE, owner_role, runtime_role
from common.setup.schema_steps import reporting_steps, schema_steps
from common.setup.server_steps import (
    connect_steps,
    database_steps,
    reader_steps,
    role_steps,
)
from common.setup.step import Step

# Roles belong to the whole server, so processes that prepare databases at the same time wait for each
# other. Any number will do.
PREPARE_LOCK_ID: Final = 0x0_05DE_5C


class DatabaseSetup:
    """The database of services as it is to be. `admin_url` may name any database of the server, as a superuser or
    a role with CREATEROLE and, where the database is not there yet, CREATEDB. `passwords` are those of the
    roles that log in, by their names; without one of the reader that role cannot log in."""

    def __init__(
        self,
        admin_url: str,
        database: str,
        schemas: Iterable[str],
        passwords: Mapping[str, str],
    ) -> None:
        self.admin_url = admin_url
        self.database = database
        self.schemas = tuple(schemas)
        self._passwords = passwords

    async def plan(self) -> list[str]:
        """Return what is to be done, in words; nothing is changed."""
        async with connection(self.admin_url) as admin:
            undone = [step.what async for step in _undone(admin, self._on_the_server())]
            exists = await has_database(admin, self.database)
        if not exists:
            return undone + [step.what for step in self._inside()]
        async with connection(at_database(self.admin_url, self.database)) as inside:
            return undone + [step.what async for step in _undone(inside, self._inside())]

    async def apply(self) -> list[str]:
        """Do what is to be done, and return it in words. Nothing is dropped."""
        async with prepare_lock(self.admin_url) as admin:
            done = await _do(admin, self._on_the_server())
            async with connection(at_database(self.admin_url, self.database)) as inside:
                return done + await _do(inside, self._inside())

    def _on_the_server(self) -> Iterator[Step]:
        for schema in self.schemas:
            yield from role_steps(schema, self._passwords)
        yield from reader_steps(self._passwords.get(READER_ROLE))
        yield from database_steps(self.database)
        yield from connect_steps(self.database, self.schemas)

    def _inside(self) -> Iterator[Step]:
        yield from reporting_steps()
        for schema in self.schemas:
            yield from schema_steps(schema)


def login_roles(schema: str) -> tuple[str, str]:
    """Return the roles of a service that log in: the owner, and the one it runs as."""
    return owner_role(schema), runtime_role(schema)


def at_database(url: str, database: str) -> str:
    """Return the URL with another database."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{database}"))


async def has_database(admin: asyncpg.Connection, database: str) -> bool:
    return bool(await admin.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", database))


@asynccontextmanager
async def prepare_lock(admin_url: str) -> AsyncIterator[asyncpg.Connection]:
    async with connection(admin_url) as admin:
        await admin.execute(f"SELECT pg_advisory_lock({PREPARE_LOCK_ID})")
        yield admin  # closing the connection releases the lock


@asynccontextmanager
async def connection(url: str) -> AsyncIterator[asyncpg.Connection]:
    opened = await asyncpg.connect(url)
    try:
        yield opened
    finally:
        await opened.close()


async def _undone(admin: asyncpg.Connection, steps: Iterable[Step]) -> AsyncIterator[Step]:
    for step in steps:
        if step.done is None or not await admin.fetchval(step.done):
            yield step


async def _do(admin: asyncpg.Connection, steps: Iterable[Step]) -> list[str]:
    """Do the steps one after the other: what one makes, the next one may ask for."""
    done: list[str] = []
    async for step in _undone(admin, steps):
        await admin.execute(step.sql)
        done.append(step.what)
    return done
