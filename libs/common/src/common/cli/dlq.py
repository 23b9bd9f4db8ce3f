"""`dlq list | replay | skip`: administration of dead letters."""

import asyncio
import getpass
from typing import Annotated

import typer

from common.audit import Entry, record
from common.cli.server import open_database
from common.domain import Actor
from common.domain.visible_text import make_visible
from common.http import Service
from common.messaging.dlq_admin import (
    DeadLetter,
    UnknownDeadLetter,
    list_dead_letters,
    replay,
    skip,
)
from common.messaging.inbox import MissingReference, PermanentError
from common.messaging.kafka import Kafka
from common.persistence.database import Connection, transaction_time
from common.settings import load_settings


def create_commands(service: Service) -> typer.Typer:
    """The `dlq` commands of a service."""
    app = typer.Typer(help="Records that could not be applied.", no_args_is_help=True)

    @app.command("list")
    def list_() -> None:
        """List open dead letters, oldest first, with the reason and how many records wait behind."""
        letters = asyncio.run(_list(service))
        for letter in letters:
            typer.echo(make_visible(_format_line(letter)))
        typer.echo(f"{len(letters)} open")

    @app.command("replay")
    def replay_(ids: Annotated[list[int], typer.Argument(help="ids as in `dlq list`")]) -> None:
        """Apply dead letters here, once the cause is corrected. Nothing is published again."""
        done = asyncio.run(_replay(service, ids))
        typer.echo(f"replayed: {', '.join(map(str, done))}")

    @app.command("skip")
    def skip_(id: int, reason: Annotated[str, typer.Option(min=1, prompt=True)]) -> None:
        """Skip a dead letter for good, with the reason; what waits behind it is applied."""
        asyncio.run(_skip(service, id, reason))
        typer.echo(f"skipped: {id}")

    return app


async def _list(service: Service) -> list[DeadLetter]:
    async with open_database(service) as database, database.transaction() as tx:
        return await list_dead_letters(tx)


async def _replay(service: Service, ids: list[int]) -> list[int]:
    topic_name = Kafka.from_settings(load_settings(service.settings)).topic
    async with open_database(service) as database:
        for dead_letter_id in ids:
            try:
                await replay(
                    database,
                    service.name,
                    service.handlers,
                    [dead_letter_id],
                    _record_replay,
                    topic_name,
                )
            except (UnknownDeadLetter, PermanentError, MissingReference) as error:
                raise SystemExit(f"{dead_letter_id}: {error}") from None
    return ids


async def _skip(service: Service, dead_letter_id: int, reason: str) -> None:
    async with open_database(service) as database, database.transaction() as tx:
        try:
            await skip(tx, dead_letter_id, reason)
        except UnknownDeadLetter as error:
            raise SystemExit(str(error)) from None
        await record_audit(
            tx, "dead_letter.skip", f"dead_letter/{dead_letter_id}", {"reason": reason}
        )


async def _record_replay(tx: Connection, dead_letter_id: int) -> None:
    await record_audit(tx, "dead_letter.replay", f"dead_letter/{dead_letter_id}", {})


async def record_audit(tx: Connection, action: str, subject: str, grounds: dict[str, str]) -> None:
    """Record what somebody at the shell decided."""
    actor, at = Actor(f"shell:{getpass.getuser()}"), await transaction_time(tx)
    await record(tx, Entry.by(actor, at, action, subject, grounds))


def _format_line(letter: DeadLetter) -> str:
    about = f"{letter.type or '?'} {letter.subject or '?'}#{letter.sequence or '?'}"
    return (
        f"{letter.id}  {letter.died_at:%Y-%m-%d %H:%M:%S}  {letter.topic}  {about}  "
        f"{letter.code}: {letter.reason}  ({letter.waiting} waiting)"
    )
