"""The program of a service: the commands that all have, to which a service adds its own."""

import asyncio
import json
from collections.abc import Awaitable, Callable

import typer

from common.cli import audit, dlq, server
from common.cli.migrate import bring_up_to_date
from common.docgen import asyncapi
from common.http import Service, create_app
from common.persistence.database import Database
from common.settings import load, shown

Announce = Callable[[Database], Awaitable[int]]
"""Emits the present state of everything again; answers how many events that were."""


def command(service: Service, *, announce: Announce | None = None) -> typer.Typer:
    """`app = command(SERVICE)`: the service's commands; add more with `@app.command()`."""
    app = typer.Typer(
        name=service.name,
        help=service.title,
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    _add_serving(app, service)
    _add_papers(app, service)
    if announce is not None:
        _add_announce(app, service, announce)
    app.add_typer(dlq.program(service), name="dlq")
    app.add_typer(audit.program(service), name="audit")
    return app


def _add_serving(app: typer.Typer, service: Service) -> None:
    @app.command()
    def serve() -> None:
        """Answer requests, hear events and fire deadlines until SIGTERM."""
        server.serve(service)

    @app.command()
    def migrate() -> None:
        """Bring the schema up to date; needs OPSDESK_MIGRATION_DATABASE_URL."""
        typer.echo(asyncio.run(bring_up_to_date(service, load(service.settings))))


def _add_papers(app: typer.Typer, service: Service) -> None:
    @app.command()
    def settings() -> None:
        """Print the settings, secrets masked."""
        for name, value in shown(load(service.settings)).items():
            typer.echo(f"{name}={value}")

    @app.command()
    def openapi() -> None:
        """Print the OpenAPI document of the HTTP side."""
        typer.echo(json.dumps(create_app(service).openapi(), indent=2, ensure_ascii=False))

    @app.command("asyncapi")
    def asyncapi_() -> None:
        """Print the AsyncAPI document of what this service says and hears."""
        document = asyncapi(service.name, service.handlers)
        typer.echo(json.dumps(document, indent=2, ensure_ascii=False))


def _add_announce(app: typer.Typer, service: Service, announce: Announce) -> None:
    @app.command("announce")
    def announce_() -> None:
        """Say the present state again, for subscribers that are new."""

        async def say() -> int:
            async with server.opened(service) as database:
                return await announce(database)

        typer.echo(f"{service.name}: {asyncio.run(say())} events announced")
