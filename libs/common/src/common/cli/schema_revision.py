"""The check at the start of `serve` whether the schema is as new as the code."""

import asyncpg

from common.http import Service
from common.persistence.database import connect
from common.persistence.migration_files import revisions
from common.persistence.workload import COMMANDS
from common.settings import Settings


async def check_schema_revision(service: Service, settings: Settings) -> None:
    """Raise SystemExit, with a sentence, where `migrate` of this release has not run.

    A revision that this release does not have was made by a newer one, on whose schema it runs.
    """
    known = revisions(service.name.replace("-", "_"))
    present = await _present(service, settings)
    if present in known[:-1]:
        raise SystemExit(
            f"{service.name} does not start: the schema {service.schema} is at revision {present}, which is older than this "
            f"release: it needs {known[-1]}. Run `migrate` of this release first."
        )


async def _present(service: Service, settings: Settings) -> str | None:
    url = settings.database_url.get_secret_value()
    connection = await connect(url, service.schema, COMMANDS)
    try:
        found: str | None = await connection.fetchval("SELECT version_num FROM alembic_version")
    except asyncpg.UndefinedTableError:
        return None
    finally:
        await connection.close()
    return found
