"""Migrations: Alembic per service, version table in the service's own schema, run as the owner.

They expand before they contract: the previous release's code must run on the new schema.
"""

import logging
from importlib.util import find_spec
from pathlib import Path

from alembic import command, context
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, MetaData, make_url, text
from sqlalchemy.ext.asyncio import create_async_engine

from common.persistence.bi_views import statements, views_of

LOCK = 7_270_001
"""Advisory lock: two replicas that start at once migrate one after the other."""


def run(metadata: MetaData) -> None:
    """The body of a service's `migrations/env.py`."""
    context.configure(
        connection=context.config.attributes["connection"],
        target_metadata=metadata,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()


async def migrate(url: str, schema: str, module: str) -> tuple[str | None, str | None]:
    """Bring `schema` to the newest revision of `module`, as the owner role of `url`, and lay its
    views for reports.

    Answers the revision before and after. Raises LookupError where the module has no migrations.
    """
    engine = create_async_engine(
        make_url(url).set(drivername="postgresql+asyncpg"),
        connect_args={"server_settings": {"search_path": schema}},
    )
    try:
        async with engine.connect() as connection:
            await connection.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": LOCK})
            await connection.commit()
            done = await connection.run_sync(_upgrade, folder(module))
            # After the newest revision, as the code of today says: a view is code, not data.
            for statement in statements(schema, views_of(module)):
                await connection.exec_driver_sql(statement)
            await connection.commit()
            return done
    finally:
        await engine.dispose()


def folder(module: str) -> Path:
    """Where a service keeps its migrations: inside its package, so that they install with it."""
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
    command.upgrade(config, "head")
    after = MigrationContext.configure(connection).get_current_revision()
    connection.commit()
    return before, after
