"""Schemas stay apart: no role reaches into another service's schema."""

from collections.abc import AsyncIterator

import asyncpg
import pytest

from opsdesk_local.roles import (
    REPORT_WATCH_ROLE,
    REPORTING_ROLE,
    SCHEMAS,
    Urls,
    at_database,
    clone_database,
    database_urls,
    drop_database,
    prepare_database,
    reporting_url,
)
from opsdesk_local.servers import Servers

Schemas = dict[str, Urls]


@pytest.fixture(scope="session")
async def urls(servers: Servers) -> AsyncIterator[Schemas]:
    """A database in which each owner has made a table `thing` and a function `answer`."""
    urls = await prepare_database(servers.admin_url, servers.state.password, "roles")
    for schema in SCHEMAS:
        await ask(
            urls[schema].owner,
            "CREATE TABLE thing (id bigint GENERATED ALWAYS AS IDENTITY, word text);"
            "CREATE FUNCTION answer() RETURNS int LANGUAGE sql RETURN 42;",
        )
    yield urls
    await drop_database(servers.admin_url, "roles")


async def ask(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


async def test_a_runtime_role_works_in_its_own_schema(urls: Schemas) -> None:
    for schema in SCHEMAS:
        await ask(urls[schema].runtime, "INSERT INTO thing (word) VALUES ('a')")
        await ask(urls[schema].runtime, "UPDATE thing SET word = 'b'")
        await ask(urls[schema].runtime, f"DELETE FROM {schema}.thing WHERE answer() = 42")


async def test_a_runtime_role_changes_no_table(urls: Schemas) -> None:
    for statement in ("DROP TABLE thing", "CREATE TABLE mine ()", "TRUNCATE thing"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await ask(urls["sla"].runtime, statement)


@pytest.mark.parametrize("role", ["runtime", "owner"])
async def test_no_role_reaches_another_schema(urls: Schemas, role: str) -> None:
    for mine in SCHEMAS:
        for other in set(SCHEMAS) - {mine}:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await ask(getattr(urls[mine], role), f"SELECT * FROM {other}.thing")


async def test_reports_read_views_of_every_schema_and_nothing_else(
    urls: Schemas, servers: Servers
) -> None:
    """Readers do not hurt writers."""
    for schema in SCHEMAS:
        view = f"reporting.{schema}_things"
        await ask(
            urls[schema].owner,
            f"CREATE OR REPLACE VIEW {view} AS SELECT * FROM thing;"
            f"GRANT SELECT ON {view} TO {REPORTING_ROLE}",
        )
    reader = await asyncpg.connect(
        reporting_url(servers.admin_url, servers.state.password, "roles")
    )
    await reader.execute("SET default_transaction_read_only = off")
    for schema in SCHEMAS:
        await reader.fetch(f"SELECT * FROM {schema}_things")
        for refused in (
            f"SELECT * FROM {schema}.thing",
            f"DELETE FROM {schema}_things",
            "CREATE VIEW reporting.mine AS SELECT 1",
        ):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await reader.execute(refused)
    for limit in ("statement_timeout", "idle_in_transaction_session_timeout"):
        assert await reader.fetchval(f"SHOW {limit}") == "30s"
    await reader.close()


async def test_a_service_may_end_reports_and_read_none(urls: Schemas) -> None:
    end = "SELECT reporting.end_overdue_reports('1 h', '1 h')"
    for schema in SCHEMAS:
        await ask(urls[schema].runtime, end)
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await ask(urls[schema].runtime, "SET ROLE opsdesk_reporting_watch")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await ask(urls[schema].owner, end)


async def test_a_contact_s_role_is_put_on_and_cannot_log_in(
    urls: Schemas, servers: Servers
) -> None:
    """It holds nothing of the service's, and the service nothing of it without asking."""
    host = servers.admin_url.rpartition("@")[2]
    for schema in SCHEMAS:
        contact = f"opsdesk_{schema}_contact"
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await ask(urls[schema].runtime, f"SET ROLE {contact}; SELECT * FROM thing")
        for other in set(SCHEMAS) - {schema}:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await ask(urls[other].runtime, f"SET ROLE {contact}")
        with pytest.raises(asyncpg.InvalidAuthorizationSpecificationError):
            await ask(f"postgresql://{contact}@{host}", "SELECT 1")


async def test_no_owner_reads_anothers_view(urls: Schemas) -> None:
    await ask(urls["sla"].owner, "CREATE OR REPLACE VIEW reporting.sla_own AS SELECT * FROM thing")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await ask(urls["intake"].owner, "SELECT * FROM reporting.sla_own")


async def test_no_role_uses_public(urls: Schemas) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await ask(urls["sla"].owner, "CREATE TABLE public.thing ()")


async def test_a_stranger_is_not_let_in(urls: Schemas, servers: Servers) -> None:
    await ask(servers.admin_url, "CREATE ROLE stranger LOGIN PASSWORD 'x'")
    stranger = f"postgresql://stranger:x@{servers.admin_url.rpartition('@')[2]}"
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await ask(at_database(stranger, "roles"), "SELECT 1")


async def test_preparing_again_changes_nothing(urls: Schemas, servers: Servers) -> None:
    again = await prepare_database(servers.admin_url, servers.state.password, "roles")
    assert again == urls
    await ask(urls["sla"].runtime, "SELECT * FROM thing")


async def test_a_clone_has_the_same_rights(urls: Schemas, servers: Servers) -> None:
    await clone_database(servers.admin_url, "roles", "roles_clone")
    clone = database_urls(servers.admin_url, servers.state.password, "roles_clone")
    await ask(clone["sla"].runtime, "SELECT * FROM thing")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await ask(clone["sla"].runtime, "SELECT * FROM intake.thing")
    await drop_database(servers.admin_url, "roles_clone")


async def test_an_administrator_need_not_be_superuser(servers: Servers) -> None:
    await ask(servers.admin_url, "CREATE ROLE manager LOGIN CREATEROLE CREATEDB PASSWORD 'x'")
    host = servers.admin_url.rpartition("@")[2]
    own = [f"opsdesk_{schema}{kind}" for schema in SCHEMAS for kind in ("", "_owner", "_contact")]
    for role in (*own, REPORTING_ROLE, REPORT_WATCH_ROLE):
        await ask(
            servers.admin_url,
            f"DO $$ BEGIN CREATE ROLE {role}; EXCEPTION WHEN duplicate_object THEN END $$;"
            f"GRANT {role} TO manager WITH ADMIN OPTION",
        )
    managed = f"postgresql://manager:x@{host}"
    urls = await prepare_database(managed, servers.state.password, "managed")
    await ask(urls["sla"].owner, "CREATE TABLE thing ()")
    await drop_database(servers.admin_url, "managed")
