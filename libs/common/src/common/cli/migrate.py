"""`migrate`: the schema, and the form of its `now()` function."""

import asyncpg

from common.http import Service
from common.persistence.migration_locks import DEFAULT_PATIENCE, LockPatience, LockUnavailableError
from common.persistence.migrations import UnknownRevision, migrate
from common.settings_database import MigrationSettings
from common.simulated_time import install_now_function


async def migrate_service(
    service: Service, settings: MigrationSettings, patience: LockPatience = DEFAULT_PATIENCE
) -> str:
    """Run the migrations as the schema's owner and install `now()`. Returns what was done.

    Safe to run from several replicas at once. Needs neither Kafka nor the issuer. Raises SystemExit
    where the schema is at a revision that this release does not have, or a table stays locked.
    """
    url = settings.migration_database_url.get_secret_value()
    simulated = settings.time_mode == "simulated"
    try:
        before, after = await migrate(url, service.schema, service.module, patience)
    except (UnknownRevision, LockUnavailableError) as reason:
        raise SystemExit(f"{service.name}: {reason}.") from None
    connection = await asyncpg.connect(url)
    try:
        changed = await install_now_function(connection, service.schema, simulated=simulated)
    finally:
        await connection.close()
    schema = f"already at {after}" if before == after else f"from {before or 'nothing'} to {after}"
    clock = "simulated" if simulated else "the database's own"
    return f"{service.name}: schema {schema}; its clock is {clock}{' now' if changed else ''}"
