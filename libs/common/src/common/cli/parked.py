"""`parked list | release`: administration of records that wait for another one."""

import asyncio
from typing import Annotated

import typer

from common.cli.dlq import record_audit
from common.cli.server import open_database
from common.domain.visible_text import make_visible
from common.http import Service
from common.messaging.parked_admin import (
    NotReleasable,
    ParkedSubject,
    UnknownParkedRecord,
    list_parked,
    release,
)


def create_commands(service: Service) -> typer.Typer:
    """The `parked` commands of a service."""
    app = typer.Typer(help="Records that wait for another one.", no_args_is_help=True)

    @app.command("list")
    def list_() -> None:
        """List what is parked by subject, with what the first record waits for, and how many wait."""
        subjects = asyncio.run(_list(service))
        for subject in subjects:
            typer.echo(make_visible(_format_line(subject)))
        typer.echo(f"{len(subjects)} subjects")

    @app.command("release")
    def release_(
        id: Annotated[int, typer.Argument(help="id as in `parked list`")],
        reason: Annotated[str, typer.Option(min=1, prompt=True)],
    ) -> None:
        """Apply a subject's parked records without what they wait for, with the reason."""
        typer.echo(f"released: {asyncio.run(_release(service, id, reason))}")

    return app


async def _list(service: Service) -> list[ParkedSubject]:
    async with open_database(service) as database, database.transaction() as tx:
        return await list_parked(tx)


async def _release(service: Service, parked_id: int, reason: str) -> str:
    async with open_database(service) as database, database.transaction() as tx:
        try:
            subject = await release(tx, parked_id)
        except (UnknownParkedRecord, NotReleasable) as error:
            raise SystemExit(str(error)) from None
        await record_audit(
            tx, "parked.release", f"parked/{parked_id}", {"reason": reason, "of": subject}
        )
        return subject


def _format_line(parked: ParkedSubject) -> str:
    tries = f", tried {parked.attempts} times" if parked.attempts else ""
    return (
        f"{parked.id}  {parked.parked_at:%Y-%m-%d %H:%M:%S}  {parked.topic}  "
        f"{parked.source} {parked.subject}#{parked.sequence}  {parked.reason}{tries}  "
        f"({parked.waiting} waiting)"
    )
