"""The commands `opsdesk attachments list | download`."""

import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Annotated

from typer import Argument, Option, Typer

from opsdesk import json_output
from opsdesk.api_client import JSON, ApiClient
from opsdesk.commands.console import print_line, print_table, run_command
from opsdesk.commands.references import Ticket
from opsdesk.errors import CliError
from opsdesk.formatting import format_instant
from opsdesk.session import own_client

app = Typer(help="Files that came with messages.", no_args_is_help=True)


@app.command("list")
def list_(ticket: Ticket) -> None:
    """List the files on a ticket, numbered."""
    run_command(_list(ticket))


@app.command()
def download(
    ticket: Ticket,
    number: Annotated[int, Argument(min=1, help="Its number in the list.")],
    to: Annotated[Path | None, Option(help="The file to write; never written over.")] = None,
) -> None:
    """Download a file. It may be harmful: nothing opens it here."""
    run_command(_download(ticket, number, to))


async def _list(ticket: str) -> None:
    async with own_client() as client:
        found = [one async for one in _files(client, ticket)]
    json_output.emit({"items": found})
    columns = ("number", "name", "type", "bytes", "at", "from")
    rows = (
        (
            one["number"],
            one["name"],
            one["media_type"],
            one["size"],
            format_instant(one["at"]),
            one["author"],
        )
        for one in found
    )
    print_table(f"Files on {ticket}", columns, rows)


async def _download(ticket: str, number: int, to: Path | None) -> None:
    async with own_client() as client:
        found = [one async for one in _files(client, ticket)]
        if number > len(found):
            raise CliError(
                f"{ticket} has {len(found)} files; see: opsdesk attachments list {ticket}"
            )
        file = found[number - 1]
        path = to or Path(_safe_name(file["name"]))
        answer = await client.get_response("intake", file["href"])
    write_new(path, answer.content, "choose another: --to")
    json_output.emit({"file": str(path), "bytes": len(answer.content)})
    print_line(f"{len(answer.content)} bytes are in {path}.")


async def _files(client: ApiClient, ticket: str) -> AsyncIterator[JSON]:
    """Yield all files of a ticket, numbered from 1 in the order of the messages."""
    number = 0
    async for message in client.items("intake", f"/v1/tickets/{ticket}/messages"):
        for file in message["attachments"]:
            number += 1
            address = f"/v1/tickets/{ticket}/messages/{message['id']}/attachments/{file['number']}"
            yield {
                **file,
                "number": number,
                "at": message["at"],
                "author": message.get("author_name") or message["author"],
                "href": address,
            }


def _safe_name(name: str) -> str:
    """Return the last part of a name that a stranger chose: never another folder, never hidden."""
    last = name.replace("\\", "/").rpartition("/")[2].strip().lstrip(".")
    return "".join(c for c in last if c.isprintable())[:200] or "attachment"


def write_new(path: Path, content: bytes, else_do: str) -> None:
    """Write a file that only this user can read. Raises CliError where one of that name exists, which says what
    `else_do`."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise CliError(f"{path} cannot be written ({error.strerror}); {else_do}") from None
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(content)
