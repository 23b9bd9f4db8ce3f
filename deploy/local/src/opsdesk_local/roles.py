"""Databases of an OpsDesk on one machine: made by the code of `python -m <service> database apply`, for all services
at once, with passwords from the state folder.
"""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from common.setup.database import (
    DatabaseSetup,
    at_database,
    connection,
    has_database,
    login_roles,
    prepare_lock,
)
from common.setup.roles import (
    READER_ROLE,
    REPORT_WATCH_ROLE,
    REPORTING_SCHEMA,
    SCHEMAS,
    contact_role,
    owner_role,
    runtime_role,
)
from common.setup.server_steps import connect_steps
from opsdesk_local.errors import LocalRunError

REPORTING_ROLE = READER_ROLE
"""Reads the views of the schema `reporting` and changes nothing: for BI tools (docs/reporting.md)."""
_OWNER_MARK = "OpsDesk of the state folder "

__all__ = [
    "REPORTING_ROLE",
    "REPORTING_SCHEMA",
    "REPORT_WATCH_ROLE",
    "SCHEMAS",
    "Urls",
    "at_database",
    "clone_database",
    "contact_role",
    "database_urls",
    "drop_database",
    "owner_role",
    "prepare_database",
    "reporting_url",
    "runtime_role",
]


@dataclass(frozen=True, slots=True)
class Urls:
    """The URLs of a service: of the role it runs with, and of the owner for migrations."""

    runtime: str
    owner: str


async def prepare_database(
    admin_url: str,
    password: Callable[[str], str],
    database: str = "opsdesk",
    *,
    owner: str | None = None,
) -> dict[str, Urls]:
    """Create missing database, roles, schemas and rights. Returns the URLs by schema.

    `admin_url` may be any database of the server, as a superuser or a role with CREATEROLE and
    CREATEDB; `password` returns the password of a role, which is set every time.
    With `owner` (the identity of a state folder) the database is marked as its, and LocalRunError is
    raised where it is another one's: two of them would share events and change each other's passwords.
    """
    logins = [login for schema in SCHEMAS for login in login_roles(schema)]
    passwords = {login: password(login) for login in (*logins, REPORTING_ROLE)}
    await _claim(admin_url, database, owner)
    await DatabaseSetup(admin_url, database, SCHEMAS, passwords).apply()
    return database_urls(admin_url, password, database)


async def clone_database(admin_url: str, template: str, database: str) -> None:
    """Copy a prepared database with all its rights; the template must have no connections."""
    async with prepare_lock(admin_url) as admin:
        # Files are copied in two thirds of the time that it takes to log their pages.
        await admin.execute(
            f'CREATE DATABASE "{database}" TEMPLATE "{template}" STRATEGY FILE_COPY'
        )
        await admin.execute(f'REVOKE ALL ON DATABASE "{database}" FROM PUBLIC')
        for step in connect_steps(database, SCHEMAS):
            await admin.execute(step.sql)


async def drop_database(admin_url: str, database: str) -> None:
    """Drop a database, also one that is in use. Roles stay."""
    async with connection(admin_url) as admin:
        await admin.execute(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')


def database_urls(admin_url: str, password: Callable[[str], str], database: str) -> dict[str, Urls]:
    """Return the URLs as `prepare_database` does, without asking the server."""
    return {
        schema: Urls(
            runtime=_url(admin_url, runtime_role(schema), password, database),
            owner=_url(admin_url, owner_role(schema), password, database),
        )
        for schema in SCHEMAS
    }


def reporting_url(admin_url: str, password: Callable[[str], str], database: str) -> str:
    """Return the URL of the role that reads the views."""
    return _url(admin_url, REPORTING_ROLE, password, database)


async def _claim(admin_url: str, database: str, owner: str | None) -> None:
    """Make the database and mark it as this state folder's, before anything else is changed."""
    async with prepare_lock(admin_url) as admin:
        await _refuse_other_owner(admin, database, owner)
        if not await has_database(admin, database):
            await admin.execute(f'CREATE DATABASE "{database}"')
        if owner:
            await admin.execute(f"COMMENT ON DATABASE \"{database}\" IS '{_OWNER_MARK}{owner}'")


async def _refuse_other_owner(admin: asyncpg.Connection, database: str, owner: str | None) -> None:
    comment = await admin.fetchval(
        "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = $1", database
    )
    marked = str(comment or "").startswith(_OWNER_MARK)
    if owner and marked and comment != f"{_OWNER_MARK}{owner}":
        raise LocalRunError(
            f"The database {database} belongs to the OpsDesk of another state folder "
            f"({comment.removeprefix(_OWNER_MARK)}; this one is {owner}): name another PostgreSQL "
            f'server, or drop that database (DROP DATABASE "{database}") if nobody needs it.'
        )


def _url(admin_url: str, role: str, password: Callable[[str], str], database: str) -> str:
    admin = urlsplit(admin_url)
    host = admin.netloc.rpartition("@")[2]
    login = admin._replace(netloc=f"{role}:{password(role)}@{host}", path=f"/{database}")
    return urlunsplit(login)
