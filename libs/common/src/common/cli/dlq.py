"""`dlq list | replay | skip`: what ops do with records that were put aside."""

import asyncio
import getpass
from typing import Annotated

import typer

from common.audit import Entry, record
from common.cli.server import opened
from common.http import Service
from common.messaging.dlq_admin import DeadLetter, NoSuchLetter, list_dead, replay, skip
from common.messaging.inbox import Impossible, NotYetKnown
from common.persistence.database import Connection, moment


def program(service: Service) -> typer.Typer:
    """The `dlq` commands of a service."""
    app = typer.Typer(help="Records that were put aside.", no_args_is_help=True)

    @app.command("list")
    def list_() -> None:
        """Show the open ones, oldest first, with the reason and how many wait behind each."""
        letters = asyncio.run(_listed(service))
        for letter in letters:
            typer.echo(_line(letter))
        typer.echo(f"{len(letters)} open")

    @app.command("replay")
    def replay_(ids: Annotated[list[int], typer.Argument(help="ids as in `dlq list`")]) -> None:
        """Apply them here, after the cause has been mended. Nothing is published again."""
        done = asyncio.run(_replayed(service, ids))
        typer.echo(f"replayed: {', '.join(map(str, done))}")

    @app.command("skip")
    def skip_(id: int, reason: Annotated[str, typer.Option(min=1, prompt=True)]) -> None:
        """Give one up, with the reason; what waits behind it goes on without it."""
        asyncio.run(_skipped(service, id, reason))
        typer.echo(f"skipped: {id}")

    return app


async def _listed(service: Service) -> list[DeadLetter]:
    async with opened(service) as database, database.transaction() as tx:
        return await list_dead(tx)


async def _replayed(service: Service, ids: list[int]) -> list[int]:
    async with opened(service) as database:
        for letter in ids:
            try:
                await replay(database, service.name, service.handlers, [letter], _note_replay)
            except (NoSuchLetter, Impossible, NotYetKnown) as error:
                raise SystemExit(f"{letter}: {error}") from None
    return ids


async def _skipped(service: Service, letter: int, reason: str) -> None:
    async with opened(service) as database, database.transaction() as tx:
        try:
            await skip(tx, letter, reason)
        except NoSuchLetter as error:
            raise SystemExit(str(error)) from None
        await _note(tx, "dead_letter.skip", letter, {"reason": reason})


async def _note_replay(tx: Connection, letter: int) -> None:
    await _note(tx, "dead_letter.replay", letter, {})


async def _note(tx: Connection, action: str, letter: int, grounds: dict[str, str]) -> None:
    who = f"shell:{getpass.getuser()}"
    await record(tx, Entry(await moment(tx), who, action, f"dead_letter/{letter}", grounds))


def _line(letter: DeadLetter) -> str:
    about = f"{letter.type or '?'} {letter.subject or '?'}#{letter.sequence or '?'}"
    return (
        f"{letter.id}  {letter.died_at:%Y-%m-%d %H:%M:%S}  {letter.topic}  {about}  "
        f"{letter.code}: {letter.reason}  ({letter.waiting} waiting)"
    )
