"""`audit verify | export`: verify the audit trail, and export it for an outsider."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from common.audit.export import ExportFilter, export
from common.audit.verify import verify
from common.cli.server import open_database
from common.http import Service


def create_commands(service: Service) -> typer.Typer:
    """The `audit` commands of a service."""
    app = typer.Typer(help="The sealed record of who did what.", no_args_is_help=True)

    @app.command("verify")
    def verify_(
        head: Annotated[str | None, typer.Option(help="a NUMBER:CHAIN noted earlier")] = None,
    ) -> None:
        """Verify every seal. Ends with 1 and the first difference, if there is one."""

        async def run() -> str:
            async with open_database(service) as database:
                found = await verify(database, head=head)
            if found.difference:
                raise SystemExit(f"{service.name}: {found.difference}")
            return found.summary()

        typer.echo(f"{service.name}: {asyncio.run(run())}")

    @app.command("export")
    def export_(
        folder: Annotated[Path, typer.Argument(help="an empty or new folder")],
        subject: Annotated[str | None, typer.Option(help="only about it: ticket/0192...")] = None,
        who: Annotated[str | None, typer.Option(help="only by this person: anna")] = None,
        since: Annotated[datetime | None, typer.Option(help="only from then on, in UTC")] = None,
        until: Annotated[datetime | None, typer.Option(help="only before then, in UTC")] = None,
    ) -> None:
        """Write the sealed entries, the seals and a verifier that needs nothing but Python."""
        part = ExportFilter(subject, who, _as_utc(since), _as_utc(until))

        async def run() -> str:
            async with open_database(service) as database:
                return await export(database, folder, service.name, part)

        typer.echo(asyncio.run(run()))

    return app


def _as_utc(moment: datetime | None) -> datetime | None:
    return moment and moment.replace(tzinfo=UTC)
