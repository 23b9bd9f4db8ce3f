"""`database plan`, `database apply`: the roles, the schema and the rights of a service, before it is migrated."""

import asyncio
from urllib.parse import unquote, urlsplit

import asyncpg
import typer

from common.http import Service
from common.settings import load_settings
from common.settings_database import AdministrationSettings
from common.setup.database import DatabaseSetup
from common.setup.roles import READER_ROLE, owner_role, runtime_role


def create_commands(service: Service) -> typer.Typer:
    """The `database` commands of a service."""
    app = typer.Typer(
        help="Roles, schema and rights in PostgreSQL; need OPSDESK_ADMIN_DATABASE_URL, and neither Kafka nor issuer.",
        no_args_is_help=True,
    )

    @app.command()
    def plan() -> None:
        """Say what `database apply` would do. Changes nothing."""
        for what in _run(service, apply=False):
            typer.echo(f"{service.name}: would make: {what}")

    @app.command()
    def apply() -> None:
        """Make database, roles, schema and rights where they are missing. May be run again; drops nothing.

        The roles get the passwords that OPSDESK_DATABASE_URL and OPSDESK_MIGRATION_DATABASE_URL name.
        """
        for what in _run(service, apply=True):
            typer.echo(f"{service.name}: made: {what}")
        typer.echo(f"{service.name}: its database is as it is to be; `migrate` comes next")

    return app


def _run(service: Service, *, apply: bool) -> list[str]:
    settings = load_settings(AdministrationSettings, service.settings)
    setup = setup_of(service.schema, settings)
    try:
        return asyncio.run(setup.apply() if apply else setup.plan())
    except (asyncpg.PostgresError, OSError) as error:
        raise SystemExit(
            f"{service.name}: PostgreSQL at OPSDESK_ADMIN_DATABASE_URL refuses or does not answer "
            f"({type(error).__name__}: {error})."
        ) from None


def setup_of(schema: str, settings: AdministrationSettings) -> DatabaseSetup:
    """Return the set-up that the service's own addresses ask for. Raises SystemExit where an address names
    another role than the service has, no password, or another database than the other."""
    runtime = settings.database_url.get_secret_value()
    owner = settings.migration_database_url.get_secret_value()
    passwords = {
        runtime_role(schema): _password("OPSDESK_DATABASE_URL", runtime, runtime_role(schema)),
        owner_role(schema): _password("OPSDESK_MIGRATION_DATABASE_URL", owner, owner_role(schema)),
    }
    database, other = (unquote(urlsplit(url).path.lstrip("/")) for url in (runtime, owner))
    if database != other:
        raise SystemExit(
            f"OPSDESK_DATABASE_URL names the database {database} and OPSDESK_MIGRATION_DATABASE_URL {other}: name one."
        )
    if settings.reporting_password is not None:
        passwords[READER_ROLE] = settings.reporting_password.get_secret_value()
    admin = settings.admin_database_url.get_secret_value()
    return DatabaseSetup(admin, database, [schema], passwords)


def _password(variable: str, url: str, role: str) -> str:
    parts = urlsplit(url)
    if parts.username != role or not parts.password:
        raise SystemExit(f"{variable} must name the role {role} with its password.")
    return unquote(parts.password)
