"""Migrations: Alembic per service, with the version table in the service's schema, run as the owner.

They expand before they contract: the code of the previous release must run on the new schema. What
a revision does is in SQL scripts beside it, which are executed as a whole.
"""

import logging
from collections.abc import Awaitable
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol, cast

import asyncpg
from alembic import command, context
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import AdaptedConnection, Connection, MetaData, make_url, text
from sqlalchemy.ext.asyncio import create_async_engine

from common.persistence.bi_views import load_views, view_statements

MIGRATION_LOCK_ID = 7_270_001
"""Advisory lock: two replicas that start together migrate one after the other."""


class UnknownRevision(Exception):
    """The database is at a revision that this code does not have."""


class Operations(Protocol):
    """What a script needs of `alembic.op`."""

    def get_bind(self) -> Connection: ...


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


async def migrate(url: str, schema: str, module: str) -> tuple[str | None, str | None]:
    """Bring `schema` to the newest revision of `module` and create its BI views.

    `url` is the owner role's. Returns the revisions before and after. Raises LookupError where the
    module has no migrations, UnknownRevision where the schema is at a revision it does not have.
    """
    engine = create_async_engine(
        make_url(url).set(drivername="postgresql+asyncpg"),
        connect_args={"server_settings": {"search_path": schema}},
    )
    try:
        async with engine.connect() as connection:
            await connection.execute(
                text("SELECT pg_advisory_lock(:lock)"), {"lock": MIGRATION_LOCK_ID}
            )
            await connection.commit()
            done = await connection.run_sync(_upgrade, migrations_folder(module))
            # After the newest revision: views belong to the present code, not to a revision.
            for statement in view_statements(schema, load_views(module)):
                await connection.exec_driver_sql(statement)
            await connection.commit()
            return done
    finally:
        await engine.dispose()


def migrations_folder(module: str) -> Path:
    """Return the folder of a service's migrations: inside its package, to be installed with it."""
    spec = find_spec(module)
    if spec is None or spec.origin is None:
        raise LookupError(f"module {module} is not installed")
    found = Path(spec.origin).parent / "migrations"
    if not (found / "env.py").exists():
        raise LookupError(f"module {module} has no migrations/env.py")
    return found


def _upgrade(connection: Connection, scripts: Path) -> tuple[str | None, str | None]:
    logging.getLogger("alembic").setLevel(logging.WARNING)
    config = Config()
    config.set_main_option("script_location", str(scripts).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    before = MigrationContext.configure(connection).get_current_revision()
    connection.commit()
    _refuse_unknown(before, ScriptDirectory.from_config(config))
    command.upgrade(config, "head")
    after = MigrationContext.configure(connection).get_current_revision()
    connection.commit()
    return before, after


def _refuse_unknown(revision: str | None, scripts: ScriptDirectory) -> None:
    known = {script.revision for script in scripts.walk_revisions()}
    if revision is not None and revision not in known:
        raise UnknownRevision(
            f"the database is at revision {revision}, which these migrations do not have (the newest is {scripts.get_current_head()}): create a development database again with `make clean`, and migrate any other with the release that created it"
        )
