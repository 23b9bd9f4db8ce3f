"""Databases for tests: a migrated template per schema; a test has a clone of it to itself."""

import itertools
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from copy import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import asyncpg

from common.persistence import base_schema
from common.persistence.database import Database
from common.persistence.migrations import migrate
from common.simulated_time import install_now_function
from opsdesk_testing.pooled_database import PooledDatabase
from opsdesk_testing.reset import Contents, note_schema_changes, read_contents, reset

if TYPE_CHECKING:
    from opsdesk_local.servers import Servers

MODULES = {
    "intake": "intake",
    "sla": "sla",
    "escalation": "escalation",
    "delivery_gate": "delivery_gate",
    "console": "console",
}


@dataclass(frozen=True, slots=True)
class Template:
    """A migrated database. "common" has only the common tables, in the schema `sla`."""

    name: str
    schema: str
    contents: Contents


class Templates:
    """The templates of a test run. `servers` comes from `opsdesk_local`."""

    def __init__(self, servers: "Servers", prefix: str) -> None:
        self._servers = servers
        self._prefix = prefix
        self._templates: dict[str, Template] = {}
        self._unused: defaultdict[str, list[PooledDatabase]] = defaultdict(list)
        self._numbers = itertools.count(1)

    async def of(self, schema: str) -> Template:
        """Return the template of a schema, created at the first call."""
        if schema not in self._templates:
            self._templates[schema] = await self._make(schema)
        return self._templates[schema]

    async def filled(self, schema: str, fill: Callable[[Database], Awaitable[None]]) -> Template:
        """Return the template of a schema with what `fill` commits there, at the first call."""
        name = f"{schema}_{fill.__name__}"
        if name not in self._templates:
            self._templates[name] = await self._fill(await self.of(schema), name, fill)
        return self._templates[name]

    async def _fill(
        self, empty: Template, name: str, fill: Callable[[Database], Awaitable[None]]
    ) -> Template:
        from opsdesk_local import clone_database

        name = f"{self._prefix}_{name}"
        await clone_database(self._servers.admin_url, empty.name, name)
        database = Database(self._runtime_url(empty.schema, name), empty.schema)
        await fill(database)
        await database.close()
        async with self._administration(name) as admin:
            return Template(name, empty.schema, await read_contents(admin))

    async def _make(self, requested: str) -> Template:
        from opsdesk_local import prepare_database

        name = f"{self._prefix}_{requested}"
        schema = "sla" if requested == "common" else requested
        urls = await prepare_database(self._servers.admin_url, self._servers.state.password, name)
        url = urls[schema].owner
        if requested == "common":
            await _base_schema_alone(url, schema)
        else:
            await migrate(url, schema, MODULES[schema])
        connection = await asyncpg.connect(url)
        await install_now_function(connection, schema, simulated=True)
        await connection.close()
        async with self._administration(name) as admin:
            await note_schema_changes(admin)
            return Template(name, schema, await read_contents(admin))

    @asynccontextmanager
    async def clone(self, template: Template, number: int) -> AsyncIterator[str]:
        """Clone a template; yield the runtime role's URL; drop the clone afterwards."""
        from opsdesk_local import clone_database, drop_database

        name = f"{template.name}_{number}"
        admin = self._servers.admin_url
        await clone_database(admin, template.name, name)
        yield self._runtime_url(template.schema, name)
        await drop_database(admin, name)

    @asynccontextmanager
    async def database(self, template: Template, *, pool_size: int) -> AsyncIterator[Database]:
        """Yield a database that holds what the template holds, as the runtime role.

        It may be one that an earlier test had, with its rows put back: its connections are open, and
        the statements that SQLAlchemy compiled for it need not be compiled again.
        """
        unused = self._unused[template.name]
        one = unused.pop() if unused else await self._new_database(template, pool_size)
        url = one.database.url
        yield one.database
        await one.come_to_rest()
        if one.database.url == url and await self._is_put_back(template, one):
            unused.append(one)
        else:
            await one.database.close()
            await self._drop(url.rpartition("/")[2])

    async def _new_database(self, template: Template, pool_size: int) -> PooledDatabase:
        from opsdesk_local import clone_database

        name = f"{template.name}_{next(self._numbers)}"
        await clone_database(self._servers.admin_url, template.name, name)
        url = self._runtime_url(template.schema, name)
        return PooledDatabase(Database(url, template.schema, pool_size=pool_size))

    async def _is_put_back(self, template: Template, one: PooledDatabase) -> bool:
        try:
            async with self._administration(one.database.url.rpartition("/")[2]) as admin:
                return await reset(admin, template.contents, one.server_processes)
        except asyncpg.InvalidCatalogNameError:
            return False  # the test dropped it
        except asyncpg.LockNotAvailableError:
            return False  # somebody holds on to it

    @asynccontextmanager
    async def _administration(self, name: str) -> "AsyncIterator[asyncpg.Connection]":
        """A superuser's connection to one database."""
        from opsdesk_local.roles import at_database

        connection = await asyncpg.connect(
            at_database(self._servers.admin_url, name),
            server_settings={"jit": "off", "lock_timeout": "5s"},
        )
        try:
            yield connection
        finally:
            await connection.close()

    def _runtime_url(self, schema: str, name: str) -> str:
        from opsdesk_local.roles import database_urls

        admin, password = self._servers.admin_url, self._servers.state.password
        return database_urls(admin, password, name)[schema].runtime

    def owner_url(self, template: Template, name: str) -> str:
        from opsdesk_local.roles import database_urls

        admin, password = self._servers.admin_url, self._servers.state.password
        return database_urls(admin, password, name)[template.schema].owner

    def without_databases(self) -> Self:
        """Return the same templates, with clones of their own."""
        own = copy(self)
        own._unused = defaultdict(list)
        return own

    async def drop_databases(self) -> None:
        """Drop the clones that no test has."""
        for one in itertools.chain.from_iterable(self._unused.values()):
            await self._drop(one.database.url.rpartition("/")[2])

    async def drop_all(self) -> None:
        await self.drop_databases()
        for template in self._templates.values():
            await self._drop(template.name)

    async def _drop(self, name: str) -> None:
        from opsdesk_local import drop_database

        await drop_database(self._servers.admin_url, name)


async def _base_schema_alone(url: str, schema: str) -> None:
    connection = await asyncpg.connect(url, server_settings={"search_path": schema})
    await connection.execute(base_schema.SCRIPT_V1.read_text(encoding="utf-8"))
    await connection.close()
