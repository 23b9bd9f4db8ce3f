"""PostgreSQL: reached by TLS, in a version that is supported, with our rights and no others, at our revision."""

from collections.abc import Sequence
from typing import Any, Final

import asyncpg

from common.doctor.finding import Finding, explain_error, ok, warning, wrong
from common.http import Service
from common.http.connections import connections_per_workload
from common.persistence.database import connect
from common.persistence.errors import CONNECTION_ERRORS
from common.persistence.workload import COMMANDS
from common.settings import Settings
from common.setup.roles import SCHEMAS, contact_role, owner_role, runtime_role
from common.simulated_time import installed_time_mode

ABOUT: Final = "database"
OLDEST_VERSION: Final = 15
RESERVED_CONNECTIONS: Final = 5
"""Connections that are left for people."""
_UNREADABLE: Final = """
    SELECT count(*) FILTER (WHERE has_table_privilege(oid, 'SELECT')) AS readable, count(*) AS tables
    FROM pg_class WHERE relnamespace = to_regnamespace($1) AND relkind = 'r'
"""
_SELF: Final = """
    SELECT current_user AS role, rolsuper AS superuser, rolbypassrls AS bypasses,
        (SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()) AS tls,
        current_setting('server_version_num')::int / 10000 AS version,
        current_setting('max_connections')::int AS max_connections,
        pg_has_role($1, 'MEMBER') AS acts_for_contacts,
        pg_has_role($2, 'MEMBER') AS acts_as_owner,
        pg_is_in_recovery() AS is_standby
    FROM pg_roles WHERE rolname = current_user
"""


async def examine_database(service: Service, settings: Settings) -> list[Finding]:
    """Look at PostgreSQL as the service will find it."""
    url = settings.database_url.get_secret_value()
    try:
        connection = await connect(
            url, service.schema, COMMANDS, name=f"opsdesk {service.name} doctor"
        )
    except CONNECTION_ERRORS as error:
        return [
            wrong(
                ABOUT, f"OPSDESK_DATABASE_URL does not lead to PostgreSQL ({explain_error(error)})"
            )
        ]
    try:
        return await _examine(connection, service, settings)
    except asyncpg.UndefinedObjectError as error:
        return [wrong(ABOUT, f"{error}: run `python -m {service.module} database apply`")]
    finally:
        await connection.close()


async def _examine(
    connection: "asyncpg.Connection[Any]", service: Service, settings: Settings
) -> list[Finding]:
    schema = service.schema
    row = await connection.fetchrow(_SELF, contact_role(schema), owner_role(schema))
    assert row is not None
    tables = await connection.fetchrow(_UNREADABLE, schema)
    assert tables is not None
    others = [other for other in SCHEMAS if other != schema]
    reached = [
        other
        for other in others
        if await connection.fetchval(
            "SELECT has_schema_privilege(to_regnamespace($1)::oid, 'USAGE')", other
        )
    ]
    return [
        *_about_server(row, settings),
        *_about_role(row, schema, reached),
        *_about_connections(row, sum(connections_per_workload(service, settings).values())),
        *_about_tables(tables, service),
        await _about_clock_form(connection, service, settings),
    ]


def _about_server(row: asyncpg.Record, settings: Settings) -> list[Finding]:
    found = []
    if row["version"] < OLDEST_VERSION:
        found.append(
            wrong(
                ABOUT,
                f"PostgreSQL is {row['version']}: {OLDEST_VERSION} is the oldest one that is supported",
            )
        )
    if row["is_standby"]:
        found.append(
            wrong(
                ABOUT,
                "it is a standby, which takes no writes: name the primary in OPSDESK_DATABASE_URL",
            )
        )
    if not row["tls"]:
        level = wrong if settings.environment == "production" else warning
        found.append(level(ABOUT, "the connection is not encrypted: see OPSDESK_DATABASE_TLS"))
    return found or [ok(ABOUT, f"PostgreSQL {row['version']} answers, encrypted")]


def _about_role(row: asyncpg.Record, schema: str, reached: Sequence[str]) -> list[Finding]:
    role = row["role"]
    found = []
    if row["superuser"] or row["bypasses"]:
        found.append(
            wrong(ABOUT, f"{role} passes by row-level security: connect as {runtime_role(schema)}")
        )
    elif row["acts_as_owner"]:
        found.append(
            warning(
                ABOUT, f"{role} may act as {owner_role(schema)}: the service needs no such right"
            )
        )
    if not row["acts_for_contacts"]:
        found.append(
            wrong(ABOUT, f"{role} may not act as {contact_role(schema)}: run `database apply`")
        )
    if reached:
        found.append(
            warning(ABOUT, f"{role} reaches the schemas of other services: {', '.join(reached)}")
        )
    return found or [ok(ABOUT, f"{role} has its own rights and no others")]


def _about_connections(row: asyncpg.Record, needed: int) -> list[Finding]:
    room = row["max_connections"] - RESERVED_CONNECTIONS
    if needed > room:
        return [
            wrong(
                ABOUT,
                f"one replica opens up to {needed} connections, and the server has {row['max_connections']}: raise max_connections",
            )
        ]
    return [
        ok(
            ABOUT,
            f"one replica opens up to {needed} of {row['max_connections']} connections (each replica of each service needs its own)",
        )
    ]


def _about_tables(row: asyncpg.Record, service: Service) -> list[Finding]:
    if not row["tables"]:
        return [
            wrong(
                ABOUT,
                f"the schema {service.schema} has no tables that it may see: run `python -m {service.module} migrate`",
            )
        ]
    if row["readable"] < row["tables"]:
        missing = row["tables"] - row["readable"]
        return [
            wrong(
                ABOUT,
                f"{missing} of {row['tables']} tables may not be read: run `database apply`, then restore the rights of what was migrated before",
            )
        ]
    return [ok(ABOUT, f"{row['tables']} tables, all to be read")]


async def _about_clock_form(
    connection: "asyncpg.Connection[Any]", service: Service, settings: Settings
) -> Finding:
    installed = await installed_time_mode(connection, service.schema)
    expected = "simulated" if settings.time_mode == "simulated" else "plain"
    if installed != expected:
        return wrong(
            ABOUT,
            f"{service.schema}.now() is {installed}, and OPSDESK_TIME_MODE={settings.time_mode} needs the {expected} one: run `migrate`",
        )
    return ok(ABOUT, f"{service.schema}.now() is the {installed} one")
