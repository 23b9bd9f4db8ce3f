"""Databases for tests: a migrated template per schema, cloned for every test."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import asyncpg

from common.persistence import base_schema
from common.persistence.database import Database
from common.persistence.migrations import migrate
from common.simulated_time import install_now_function

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


class Templates:
    """The templates of a test run. `servers` comes from `opsdesk_local`."""

    def __init__(self, servers: "Servers", prefix: str) -> None:
        self._servers = servers
        self._prefix = prefix
        self._templates: dict[str, Template] = {}

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

        template = Template(f"{self._prefix}_{name}", empty.schema)
        await clone_database(self._servers.admin_url, empty.name, template.name)
        database = Database(self._runtime_url(template, template.name), template.schema)
        await fill(database)
        await database.close()
        return template

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
        return Template(name, schema)

    @asynccontextmanager
    async def clone(self, template: Template, number: int) -> AsyncIterator[str]:
        """Clone a template; yield the runtime role's URL; drop the clone afterwards."""
        from opsdesk_local import clone_database, drop_database

        name = f"{template.name}_{number}"
        admin = self._servers.admin_url
        await clone_database(admin, template.name, name)
        yield self._runtime_url(template, name)
        await drop_database(admin, name)

    def _runtime_url(self, template: Template, name: str) -> str:
        from opsdesk_local.roles import database_urls

        admin, password = self._servers.admin_url, self._servers.state.password
        return database_urls(admin, password, name)[template.schema].runtime

    def owner_url(self, template: Template, name: str) -> str:
        from opsdesk_local.roles import database_urls

        admin, password = self._servers.admin_url, self._servers.state.password
        return database_urls(admin, password, name)[template.schema].owner

    async def drop_all(self) -> None:
        from opsdesk_local import drop_database

        for template in self._templates.values():
            await drop_database(self._servers.admin_url, template.name)


async def _base_schema_alone(url: str, schema: str) -> None:
    connection = await asyncpg.connect(url, server_settings={"search_path": schema})
    await connection.execute(base_schema.SCRIPT_V1.read_text(encoding="utf-8"))
    await connection.close()
