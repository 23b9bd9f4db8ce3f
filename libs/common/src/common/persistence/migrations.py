"""Migrations: Alembic per service, with the version table in the service's schema, run as the owner.

They expand before they contract: the code of the previous release must run on the new schema. What
a revision does is in SQL scripts beside it, which are executed as a whole.

They run while the service works. A statement that waits for a lock on a table makes all later ones
on that table wait behind it, so it waits for half a second at most; then the revision is rolled back
and tried again later. What takes long runs outside of a transaction and takes no such lock.
"""

import asyncio
import logging
import re
from collections.abc import Awaitable, Sequence
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from typing import Any, Final, Protocol, cast

import asyncpg
from alembic import command, context
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import AdaptedConnection, Connection, MetaData
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from common.persistence.bi_views import load_views, view_statements
from common.persistence.migration_files import migrations_folder
from common.persistence.migration_locks import (
    DEFAULT_PATIENCE,
    LockPatience,
    LockUnavailableError,
    describe_lock,
    is_lock_trouble,
)
from common.persistence.migration_turn import wait_for_turn
from common.telemetry import logger

SESSION_SETTINGS: Final = {
    "application_name": "opsdesk migrate",
    # A machine that died while it migrated holds the lock until the server notices: with its own settings that takes two hours.
    "tcp_keepalives_idle": "15",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
}
log = logger(__name__)


class UnknownRevision(Exception):
    """The database is at a revision that this code does not have."""


class AutocommitContext(Protocol):
    """What a script needs of alembic's migration context."""

    def autocommit_block(self) -> AbstractContextManager[None]: ...


class Operations(Protocol):
    """What a script needs of `alembic.op`."""

    def get_bind(self) -> Connection: ...

    def get_context(self) -> AutocommitContext: ...


def execute_script(op: Operations, *scripts: Path) -> None:
    """Execute SQL scripts in the revision's transaction, each as a whole.

    PostgreSQL separates their statements; nothing is split at semicolons.
    """
    connection = op.get_bind()
    # SQLAlchemy sends BEGIN with its first statement; asyncpg alone would commit every script.
    connection.exec_driver_sql("SELECT 1")
    adapted = cast(AdaptedConnection, connection.connection.dbapi_connection)
    for script in scripts:
        adapted.run_async(partial(_execute, script.read_text(encoding="utf-8")))


def execute_outside_transaction(op: Operations, *scripts: Path) -> None:
    """Execute scripts of one statement each, every one committed at once.

    For `CREATE INDEX CONCURRENTLY`, `VALIDATE CONSTRAINT` and the like. After a failure all of the
    revision's scripts are executed again, so each must be repeatable (`IF NOT EXISTS`). What a
    failed `CREATE INDEX CONCURRENTLY` has left is dropped first. Raises RuntimeError where an index
    is still not valid at the end.
    """
    with op.get_context().autocommit_block():
        connection = op.get_bind()
        for name in _invalid_indexes(connection):
            connection.exec_driver_sql(f'DROP INDEX CONCURRENTLY "{name}"')
        for script in scripts:
            sql = script.read_text(encoding="utf-8")
            before = connection.exec_driver_sql("SHOW lock_timeout").scalar_one()
            if _waits_alone(sql):
                connection.exec_driver_sql("SET lock_timeout = 0")
            try:
                adapted = cast(AdaptedConnection, connection.connection.dbapi_connection)
                adapted.run_async(partial(_execute, sql))
            finally:
                connection.exec_driver_sql(f"SET lock_timeout = '{before}'")
        if invalid := _invalid_indexes(connection):
            raise RuntimeError(f"the indexes {', '.join(invalid)} are not valid")


def _waits_alone(sql: str) -> bool:
    """Return whether nothing but other schema changes waits behind this statement while it waits."""
    statement = re.sub(r"--[^\n]*", "", sql)
    return bool(re.search(r"\bCONCURRENTLY\b|\bVALIDATE\s+CONSTRAINT\b", statement, re.IGNORECASE))


def _invalid_indexes(connection: Connection) -> list[str]:
    rows = connection.exec_driver_sql(
        "SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid"
        " WHERE NOT i.indisvalid AND c.relnamespace = current_schema()::regnamespace ORDER BY 1"
    )
    return [str(row[0]) for row in rows]


def _execute(sql: str, driver: "asyncpg.Connection[Any]") -> Awaitable[str]:
    """Execute without arguments: then PostgreSQL accepts any number of statements."""
    return driver.execute(sql)


def run_migrations(metadata: MetaData) -> None:
    """The body of a service's `migrations/env.py`."""
    context.configure(
        connection=context.config.attributes["connection"],
        target_metadata=metadata,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()


async def migrate(
    url: str, schema: str, module: str, patience: LockPatience = DEFAULT_PATIENCE
) -> tuple[str | None, str | None]:
    """Bring `schema` to the newest revision of `module` and create its BI views.

    `url` is the owner role's. Returns the revisions before and after. Raises LookupError where the
    module has no migrations, UnknownRevision where the schema is at a revision it does not have,
    LockUnavailableError where a table is locked, or another migration runs, for longer than `patience` allows.
    """
    # asyncpg reads the address, as everywhere: SQLAlchemy knows no `sslmode`.
    settings = {"search_path": schema, **SESSION_SETTINGS}
    connect = partial(asyncpg.connect, url, server_settings=settings)
    engine = create_async_engine("postgresql+asyncpg://", async_creator=connect)
    try:
        async with engine.connect() as connection:
            patience = await wait_for_turn(connection, patience)
            await connection.exec_driver_sql(
                f"SET lock_timeout = {round(patience.timeout_s * 1000)}"
            )
            await connection.commit()
            views = list(view_statements(schema, load_views(module)))
            return await _upgrade_patiently(connection, migrations_folder(module), views, patience)
    finally:
        await engine.dispose()


async def _upgrade_patiently(
    connection: AsyncConnection, scripts: Path, views: Sequence[str], patience: LockPatience
) -> tuple[str | None, str | None]:
    """Upgrade; where a lock is not to be had, go on after a pause from the last finished revision."""
    give_up_at = asyncio.get_running_loop().time() + patience.give_up_after_s
    first: list[str | None] = []
    for pause in patience.pauses():
        try:
            before, after = await connection.run_sync(_upgrade, scripts, first)
            # After the newest revision: views belong to the present code, not to a revision.
            for statement in views:
                await connection.exec_driver_sql(statement)
            await connection.commit()
        except Exception as error:
            if not is_lock_trouble(error):
                raise
            await connection.rollback()
            if asyncio.get_running_loop().time() + pause > give_up_at:
                raise LockUnavailableError(describe_lock(patience, error)) from error
            log.warning("migrate.lock_unavailable", error=str(error), next_try_in_s=round(pause, 1))
            await asyncio.sleep(pause)
        else:
            return before, after
    raise AssertionError("pauses never end")


def _upgrade(
    connection: Connection, scripts: Path, first: list[str | None]
) -> tuple[str | None, str | None]:
    """Upgrade to the newest revision. `first` keeps the revision before the first try."""
    logging.getLogger("alembic").setLevel(logging.WARNING)
    config = Config()
    config.set_main_option("script_location", str(scripts).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    before = MigrationContext.configure(connection).get_current_revision()
    connection.commit()
    first.append(before)
    _refuse_unknown(before, ScriptDirectory.from_config(config))
    command.upgrade(config, "head")
    after = MigrationContext.configure(connection).get_current_revision()
    connection.commit()
    return first[0], after


def _refuse_unknown(revision: str | None, scripts: ScriptDirectory) -> None:
    known = {script.revision for script in scripts.walk_revisions()}
    if revision is not None and revision not in known:
        raise UnknownRevision(
            f"the database is at revision {revision}, which these migrations do not have (the newest is {scripts.get_current_head()}): create a development database again with `make clean`, and migrate any other with the release that created it"
        )
