"""Databases for tests: one migrated template per schema, cloned for every test."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import asyncpg

from common.persistence import base_schema
from common.persistence.migrations import migrate
from common.simulated_time import install

MODULES = {
    "intake": "intake",
    "sla": "sla",
    "escalation": "escalation",
    "delivery_gate": "delivery_gate",
}


@dataclass(frozen=True, slots=True)
class Template:
    """`schema` inside the database `name`; "common" has the common tables alone, in sla's room."""

    name: str
    schema: str


class Templates:
    """The templates of one test run. `servers` is what opsdesk_local answers."""

    def __init__(self, servers: Any, prefix: str) -> None:
        self._servers = servers
        self._prefix = prefix
        self._made: dict[str, Template] = {}

    async def of(self, schema: str) -> Template:
        """The migrated template of a schema, made at the first call."""
        if schema not in self._made:
            self._made[schema] = await self._make(schema)
        return self._made[schema]

    async def _make(self, wanted: str) -> Template:
        from opsdesk_local import prepare_database

        name = f"{self._prefix}_{wanted}"
        schema = "sla" if wanted == "common" else wanted
        urls = await prepare_database(self._servers.admin_url, self._servers.state.password, name)
        url = urls[schema].owner
        if wanted == "common":
            await _ground_alone(url, schema)
        else:
            await migrate(url, schema, MODULES[schema])
        connection = await asyncpg.connect(url)
        await install(connection, schema, simulated=True)
        await connection.close()
        return Template(name, schema)

    @asynccontextmanager
    async def clone(self, template: Template, number: int) -> AsyncIterator[str]:
        """A fresh copy; yields the runtime role's address; dropped afterwards."""
        from opsdesk_local import clone_database, drop_database
        from opsdesk_local.roles import database_urls

        name = f"{template.name}_{number}"
        admin = self._servers.admin_url
        await clone_database(admin, template.name, name)
        yield database_urls(admin, self._servers.state.password, name)[template.schema].runtime
        await drop_database(admin, name)

    def owner_url(self, template: Template, name: str) -> str:
        from opsdesk_local.roles import database_urls

        admin, password = self._servers.admin_url, self._servers.state.password
        return database_urls(admin, password, name)[template.schema].owner

    async def drop_all(self) -> None:
        from opsdesk_local import drop_database

        for template in self._made.values():
            await drop_database(self._servers.admin_url, template.name)


class _Plain:
    """`alembic.op`, as far as the ground needs it: collects instead of executing."""

    def __init__(self) -> None:
        self.statements: list[str] = []

    def execute(self, sqltext: str) -> None:
        self.statements.append(sqltext)


async def _ground_alone(url: str, schema: str) -> None:
    plain = _Plain()
    base_schema.create_v1(plain, schema)
    connection = await asyncpg.connect(url, server_settings={"search_path": schema})
    for statement in plain.statements:
        await connection.execute(statement)
    await connection.close()
