"""`audit verify | export`: show that the trail is whole, and hand it to somebody outside."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from common.audit.export import export
from common.audit.verify import verify
from common.command.serving import opened
from common.http import Service


def program(service: Service) -> typer.Typer:
    """The `audit` commands of a service."""
    app = typer.Typer(help="The sealed record of who did what.", no_args_is_help=True)

    @app.command("verify")
    def verify_(
        head: Annotated[str | None, typer.Option(help="a NUMBER:CHAIN noted earlier")] = None,
    ) -> None:
        """Recompute every seal. Ends with 1 and the first difference where there is one."""

        async def run() -> str:
            async with opened(service) as database:
                found = await verify(database, head=head)
            if found.difference:
                raise SystemExit(f"{service.name}: {found.difference}")
            return found.sentence()

        typer.echo(f"{service.name}: {asyncio.run(run())}")

    @app.command("export")
    def export_(
        folder: Annotated[Path, typer.Argument(help="an empty or new folder")],
        subject: Annotated[
            str | None, typer.Option(help="only entries about it, e.g. ticket/0192...")
        ] = None,
    ) -> None:
        """Write the sealed entries, the seals and a verifier that needs nothing but Python."""

        async def run() -> str:
            async with opened(service) as database:
                return await export(database, folder, service.name, subject=subject)

        typer.echo(asyncio.run(run()))

    return app
