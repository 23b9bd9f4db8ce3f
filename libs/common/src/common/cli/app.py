"""The commands that every service has; a service may add its own."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Annotated

import typer

from common.cli import acls, audit, database, dlq, doctor, parked, restored, server, topics
from common.docgen import asyncapi_document
from common.http import Service, create_app
from common.http.connections import describe_connections
from common.persistence.database import Database
from common.persistence.migration_locks import DEFAULT_PATIENCE, LockPatience
from common.settings import load_settings, masked_settings
from common.settings_database import MigrationSettings

Announce = Callable[[Database], Awaitable[int]]
"""Publishes the present state of everything again. Returns the number of events."""


def create_cli(service: Service, *, announce: Announce | None = None) -> typer.Typer:
    """Create the commands of a service; add more with `@app.command()`."""
    app = typer.Typer(
        name=service.name,
        help=service.title,
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    _add_serve_commands(app, service)
    _add_document_commands(app, service)
    doctor.add_command(app, service)
    if announce is not None:
        _add_announce_command(app, service, announce)
    app.add_typer(database.create_commands(service), name="database")
    app.add_typer(topics.create_commands(service), name="topics")
    app.add_typer(acls.create_commands(service), name="acls")
    app.add_typer(dlq.create_commands(service), name="dlq")
    app.add_typer(parked.create_commands(service), name="parked")
    app.add_typer(restored.create_commands(service), name="restored")
    app.add_typer(audit.create_commands(service), name="audit")
    return app


def _add_serve_commands(app: typer.Typer, service: Service) -> None:
    @app.command()
    def serve() -> None:
        """Serve requests, consume events and fire deadlines until SIGTERM."""
        server.serve(service)

    @app.command()
    def migrate(
        lock_timeout_s: Annotated[
            float, typer.Option(min=0.01, help="Longest wait for a table, seconds.")
        ] = DEFAULT_PATIENCE.timeout_s,
        give_up_after_s: Annotated[
            float, typer.Option(min=0, help="Seconds of tries before it fails.")
        ] = DEFAULT_PATIENCE.give_up_after_s,
    ) -> None:
        """Bring the schema up to date, also under load; needs OPSDESK_MIGRATION_DATABASE_URL."""
        # Imported where it is needed: 3 MiB of Alembic in each process that serves.
        from common.cli.migrate import migrate_service

        patience = LockPatience(lock_timeout_s, give_up_after_s)
        settings = load_settings(MigrationSettings, service.settings)
        typer.echo(asyncio.run(migrate_service(service, settings, patience)))


def _add_document_commands(app: typer.Typer, service: Service) -> None:
    @app.command()
    def settings() -> None:
        """Print the settings, secrets masked, and the connections to PostgreSQL they add up to."""
        found = load_settings(service.settings)
        for name, value in masked_settings(found).items():
            typer.echo(f"{name}={value}")
        typer.echo(f"# connections of one replica: {describe_connections(service, found)}")

    @app.command()
    def openapi() -> None:
        """Print the OpenAPI document."""
        typer.echo(json.dumps(create_app(service).openapi(), indent=2, ensure_ascii=False))

    @app.command("asyncapi")
    def asyncapi_() -> None:
        """Print the AsyncAPI document of the events that the service sends and receives."""
        document = asyncapi_document(service.name, service.handlers)
        typer.echo(json.dumps(document, indent=2, ensure_ascii=False))


def _add_announce_command(app: typer.Typer, service: Service, announce: Announce) -> None:
    @app.command("announce")
    def announce_() -> None:
        """Publish the present state again, for new subscribers."""

        async def emit() -> int:
            async with server.open_database(service) as opened:
                return await announce(opened)

        typer.echo(f"{service.name}: {asyncio.run(emit())} events announced")
