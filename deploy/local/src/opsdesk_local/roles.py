"""Databases with a schema and three roles per service, which cannot access each other's schemas.

The third one cannot log in: a service takes it on while it works for a customer's contact, and
row-level security shows it that customer's rows alone (`common.persistence.row_scope`).
In the schema `reporting` the owner of each service creates views. One role reads these views, nothing
else, and for a limited time.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from opsdesk_local.errors import LocalRunError

SCHEMAS = ("intake", "sla", "escalation", "delivery_gate", "console")
REPORTING_ROLE = "opsdesk_reporting"
"""Reads the views of the schema `reporting` and changes nothing: for BI tools (docs/reporting.md)."""
REPORTING_SCHEMA = "reporting"
READER_CONNECTION_LIMIT = 20
"""Connections that the reader may hold: dashboards must leave enough for the services."""
# An open snapshot slows down the queues (a look of the relay takes 11 ms instead of 0.6).
_READER_TIMEOUTS = {
    "statement_timeout": "30s",
    "idle_in_transaction_session_timeout": "30s",
    "default_transaction_read_only": "on",
}
# Roles belong to the whole server, so processes that prepare databases at the same time wait for each
# other. Any number will do.
_PREPARE_LOCK_ID = 0x0_05DE_5C
REPORT_WATCH_ROLE = "opsdesk_reporting_watch"
"""Owns the function by which services end reports that are too long; it cannot log in."""
_END_OVERDUE_REPORTS = f"""
    CREATE OR REPLACE FUNCTION {REPORTING_SCHEMA}.end_overdue_reports(
        max_statement interval, max_transaction interval) RETURNS bigint
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
        SELECT count(*) FILTER (WHERE pg_terminate_backend(pid)) FROM pg_stat_activity
        WHERE usename = '{REPORTING_ROLE}' AND datname = current_database() AND (
            state = 'active' AND query_start < statement_timestamp() - max_statement
            OR state LIKE 'idle in transaction%' AND state_change < statement_timestamp() - max_statement
            OR xact_start < statement_timestamp() - max_transaction)
    $$;
    GRANT CREATE ON SCHEMA {REPORTING_SCHEMA} TO {REPORT_WATCH_ROLE};
    ALTER FUNCTION {REPORTING_SCHEMA}.end_overdue_reports OWNER TO {REPORT_WATCH_ROLE};
    REVOKE CREATE ON SCHEMA {REPORTING_SCHEMA} FROM {REPORT_WATCH_ROLE};
    REVOKE ALL ON FUNCTION {REPORTING_SCHEMA}.end_overdue_reports FROM PUBLIC;
"""
_OWNER_MARK = "OpsDesk of the state folder "


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
    async with _prepare_lock(admin_url) as admin:
        await _refuse_other_owner(admin, database, owner)
        for schema in SCHEMAS:
            await _create_roles(admin, schema, password)
        await _create_reader(admin, password)
        await _create_report_watch(admin)
        if not await admin.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", database):
            await admin.execute(f'CREATE DATABASE "{database}"')
        if owner:
            await admin.execute(f"COMMENT ON DATABASE \"{database}\" IS '{_OWNER_MARK}{owner}'")
        await _grant_connect(admin, database)
        async with _connection(at_database(admin_url, database)) as inside:
            await _create_schemas(inside)
    return database_urls(admin_url, password, database)


async def clone_database(admin_url: str, template: str, database: str) -> None:
    """Copy a prepared database with all its rights; the template must have no connections."""
    async with _prepare_lock(admin_url) as admin:
        # Files are copied in two thirds of the time that it takes to log their pages.
        await admin.execute(
            f'CREATE DATABASE "{database}" TEMPLATE "{template}" STRATEGY FILE_COPY'
        )
        await _grant_connect(admin, database)


async def drop_database(admin_url: str, database: str) -> None:
    """Drop a database, also one that is in use. Roles stay."""
    async with _connection(admin_url) as admin:
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


def runtime_role(schema: str) -> str:
    return f"opsdesk_{schema}"


def owner_role(schema: str) -> str:
    return f"opsdesk_{schema}_owner"


def contact_role(schema: str) -> str:
    return f"opsdesk_{schema}_contact"


def at_database(url: str, database: str) -> str:
    """Return the URL with another database."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{database}"))


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


async def _create_roles(
    admin: asyncpg.Connection, schema: str, password: Callable[[str], str]
) -> None:
    for role in (owner_role(schema), runtime_role(schema)):
        await _create_role(admin, role, password(role))
        await admin.execute(f"ALTER ROLE {role} SET search_path = {schema}")
    contact, runtime = contact_role(schema), runtime_role(schema)
    if not await _role_exists(admin, contact):
        await admin.execute(f"CREATE ROLE {contact} NOLOGIN")
    # Taken on, never held beside its own rights: its policies must not take part in the service's plans.
    await admin.execute(f"ALTER ROLE {runtime} NOINHERIT; GRANT {contact} TO {runtime}")
    # An administrator without superuser rights must be a member of the role to give it schemas.
    await admin.execute(f"GRANT {owner_role(schema)} TO CURRENT_USER")


async def _create_reader(admin: asyncpg.Connection, password: Callable[[str], str]) -> None:
    await _create_role(admin, REPORTING_ROLE, password(REPORTING_ROLE))
    await admin.execute(f"ALTER ROLE {REPORTING_ROLE} CONNECTION LIMIT {READER_CONNECTION_LIMIT}")
    await admin.execute(f"ALTER ROLE {REPORTING_ROLE} SET search_path = {REPORTING_SCHEMA}")
    for setting, value in _READER_TIMEOUTS.items():
        await admin.execute(f"ALTER ROLE {REPORTING_ROLE} SET {setting} = '{value}'")


async def _create_report_watch(admin: asyncpg.Connection) -> None:
    if not await _role_exists(admin, REPORT_WATCH_ROLE):
        await admin.execute(f"CREATE ROLE {REPORT_WATCH_ROLE} NOLOGIN")
    await admin.execute(f"GRANT {REPORTING_ROLE} TO {REPORT_WATCH_ROLE}")
    await admin.execute(f"GRANT {REPORT_WATCH_ROLE} TO CURRENT_USER")


async def _create_role(admin: asyncpg.Connection, role: str, password: str) -> None:
    if not await _role_exists(admin, role):
        await admin.execute(f"CREATE ROLE {role}")
    secret = password.replace("'", "''")
    await admin.execute(f"ALTER ROLE {role} LOGIN PASSWORD '{secret}'")


async def _role_exists(admin: asyncpg.Connection, role: str) -> bool:
    return bool(await admin.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", role))


async def _grant_connect(admin: asyncpg.Connection, database: str) -> None:
    """Grant rights on the database itself: PostgreSQL does not copy them from a template."""
    roles = ", ".join(
        name for schema in SCHEMAS for name in (owner_role(schema), runtime_role(schema))
    )
    await admin.execute(f'REVOKE ALL ON DATABASE "{database}" FROM PUBLIC')
    await admin.execute(f'GRANT CONNECT ON DATABASE "{database}" TO {roles}, {REPORTING_ROLE}')


async def _create_schemas(inside: asyncpg.Connection) -> None:
    await inside.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC")
    await inside.execute(
        f"CREATE SCHEMA IF NOT EXISTS {REPORTING_SCHEMA}; GRANT USAGE ON SCHEMA {REPORTING_SCHEMA} TO {REPORTING_ROLE};"
    )
    await inside.execute(_END_OVERDUE_REPORTS)
    for schema in SCHEMAS:
        grant = f"ALTER DEFAULT PRIVILEGES FOR ROLE {owner_role(schema)} IN SCHEMA {schema} GRANT"
        user = runtime_role(schema)
        await inside.execute(
            f"CREATE SCHEMA IF NOT EXISTS {schema} AUTHORIZATION {owner_role(schema)};"
            f"GRANT USAGE ON SCHEMA {schema} TO {user}, {contact_role(schema)};"
            f"{grant} SELECT, INSERT, UPDATE, DELETE ON TABLES TO {user};"
            f"{grant} USAGE, SELECT ON SEQUENCES TO {user};"
            f"{grant} EXECUTE ON FUNCTIONS TO {user};"
            f"GRANT USAGE, CREATE ON SCHEMA {REPORTING_SCHEMA} TO {owner_role(schema)};"
            f"GRANT USAGE ON SCHEMA {REPORTING_SCHEMA} TO {user};"
            f"GRANT EXECUTE ON FUNCTION {REPORTING_SCHEMA}.end_overdue_reports TO {user};"
            # The reader had rights on tables before there were views.
            f"REVOKE USAGE ON SCHEMA {schema} FROM {REPORTING_ROLE};"
            f"REVOKE SELECT ON ALL TABLES IN SCHEMA {schema} FROM {REPORTING_ROLE};"
            f"ALTER DEFAULT PRIVILEGES FOR ROLE {owner_role(schema)} IN SCHEMA {schema}"
            f" REVOKE SELECT ON TABLES FROM {REPORTING_ROLE};"
        )


@asynccontextmanager
async def _prepare_lock(admin_url: str) -> AsyncIterator[asyncpg.Connection]:
    async with _connection(admin_url) as admin:
        await admin.execute(f"SELECT pg_advisory_lock({_PREPARE_LOCK_ID})")
        yield admin  # closing the connection releases the lock


@asynccontextmanager
async def _connection(url: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(url)
    try:
        yield connection
    finally:
        await connection.close()


def _url(admin_url: str, role: str, password: Callable[[str], str], database: str) -> str:
    admin = urlsplit(admin_url)
    host = admin.netloc.rpartition("@")[2]
    login = admin._replace(netloc=f"{role}:{password(role)}@{host}", path=f"/{database}")
    return urlunsplit(login)
