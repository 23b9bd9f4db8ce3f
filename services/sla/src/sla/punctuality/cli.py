"""`python -m sla punctuality verify | export`: the proof of punctuality, for outsiders to check."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from common.audit.export import create_empty_folder
from common.cli.server import open_database
from common.http import Service
from sla.punctuality import export as evidence_export
from sla.punctuality.domain import verifier


def create_commands(service: Service) -> typer.Typer:
    """Create the commands for this service."""
    app = typer.Typer(help="The sealed record of what fired when.", no_args_is_help=True)

    @app.command()
    def verify(
        head: Annotated[str | None, typer.Option(help="a NUMBER:CHAIN noted earlier")] = None,
    ) -> None:
        """Recompute every seal. Ends with 1 and the first difference where there is one."""

        async def run() -> str:
            async with open_database(service) as database:
                return await evidence_export.check_record(database, head)

        try:
            typer.echo(f"{service.name}: {asyncio.run(run())}")
        except verifier.Difference as difference:
            raise SystemExit(f"{service.name}: {difference}") from None

    @app.command()
    def export(
        folder: Annotated[Path, typer.Argument(help="an empty or new folder")],
        since: Annotated[datetime | None, typer.Option(help="the first day, in UTC")] = None,
        until: Annotated[datetime | None, typer.Option(help="the last day, in UTC")] = None,
    ) -> None:
        """Write the sealed lines and a verifier that needs nothing but Python."""

        path = _prepare_folder(folder)

        async def run() -> None:
            async with open_database(service) as database:
                await write_lines(
                    path, evidence_export.export_lines(database, _day(since), _day(until))
                )

        asyncio.run(run())
        try:
            typer.echo(f"{folder}: {verifier.check_file(path)}")
        except verifier.Difference as difference:
            raise SystemExit(f"{folder} was written, but is not whole: {difference}") from None

    return app


def _prepare_folder(folder: Path) -> Path:
    """The path of the file to write, with a copy of the verifier beside it.

    Raises SystemExit where the folder is not empty.
    """
    create_empty_folder(folder)
    shutil.copy(verifier.__file__, folder / "verifier.py")
    return folder / "evidence.jsonl"


async def write_lines(path: Path, lines: AsyncIterator[bytes]) -> None:
    # Binary mode: the seals hash the exact bytes.
    with path.open("wb") as file:
        async for line in lines:
            file.write(line + b"\n")


def _day(instant: datetime | None) -> date | None:
    return instant and instant.date()
