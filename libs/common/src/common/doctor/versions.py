"""Versions: of our own packages among each other, and of the schema beside the code."""

from importlib.metadata import PackageNotFoundError, version
from typing import Final

import asyncpg
from alembic.script import ScriptDirectory

from common.doctor.finding import Finding, explain_error, ok, warning, wrong
from common.http import Service
from common.persistence.database import connect
from common.persistence.errors import CONNECTION_ERRORS
from common.persistence.migration_files import migrations_folder
from common.persistence.workload import COMMANDS
from common.settings import Settings

ABOUT: Final = "versions"


async def examine_versions(service: Service, settings: Settings) -> list[Finding]:
    """Compare the packages, and the revision of the schema with the newest one in this image."""
    return [_packages(service), await _schema(service, settings)]


def _packages(service: Service) -> Finding:
    names = ("opsdesk-common", f"opsdesk-{service.name}")
    try:
        found = {name: version(name) for name in names}
    except PackageNotFoundError as error:
        return warning(ABOUT, f"the package {error.name} is not installed: nothing to compare")
    if len(set(found.values())) > 1:
        listed = ", ".join(f"{name} {one}" for name, one in found.items())
        return wrong(ABOUT, f"packages of two releases are installed together: {listed}")
    return ok(ABOUT, f"{service.name} {found[names[1]]}")


async def _schema(service: Service, settings: Settings) -> Finding:
    try:
        present = await _revision(service, settings)
    except CONNECTION_ERRORS as error:
        return wrong(
            ABOUT,
            f"the revision of the schema {service.schema} cannot be read ({explain_error(error)})",
        )
    if present is None:
        return wrong(
            ABOUT,
            f"the schema {service.schema} has no revision that it may see: run `migrate`",
        )
    return _about_revision(present, ScriptDirectory(str(migrations_folder(service.module))))


def _about_revision(present: str, scripts: ScriptDirectory) -> Finding:
    newest = scripts.get_current_head()
    if present == newest:
        return ok(ABOUT, f"the schema is at {present}, the newest revision of this release")
    if present in [script.revision for script in scripts.walk_revisions()]:
        return wrong(
            ABOUT,
            f"the schema is at {present}, this release needs {newest}: run `migrate` before it is started",
        )
    return warning(
        ABOUT,
        f"the schema is at {present}, which a newer release made: this one runs on it if it is the release before",
    )


async def _revision(service: Service, settings: Settings) -> str | None:
    """The revision in the database; None where there is none. Raises what asyncpg raises."""
    connection = await connect(settings.database_url.get_secret_value(), service.schema, COMMANDS)
    try:
        found: str | None = await connection.fetchval("SELECT version_num FROM alembic_version")
    except asyncpg.UndefinedTableError:
        return None
    finally:
        await connection.close()
    return found
