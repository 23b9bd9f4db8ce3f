"""The commands `opsdesk attach | download`: files on tickets."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import IO, Annotated

from typer import Argument, Option

from opsdesk.api_client import JSON, ApiClient
from opsdesk.commands.console import print_line, run_command
from opsdesk.commands.references import Ticket
from opsdesk.errors import CliError
from opsdesk.session import own_client

CHUNK_BYTES = 256 * 1024


def attach(
    ticket: Ticket,
    files: Annotated[list[Path], Argument(help="The files, each of at most 25 MiB.")],
    text: Annotated[str, Option(help="What to say with them.")] = "The file is attached.",
    internal: Annotated[bool, Option(help="Among staff; else the customer gets them.")] = False,
) -> None:
    """Upload files and attach them to a ticket, with a reply or an internal note."""
    run_command(_attach(ticket, files, text, "internal" if internal else "public"))


def download(
    ticket: Ticket,
    folder: Annotated[Path, Option(help="Where to save them.")] = Path("."),
) -> None:
    """Download the files of a ticket into a folder. One that is there already is left alone."""
    run_command(_download(ticket, folder))


async def upload_all(client: ApiClient, files: list[Path], ticket: str | None = None) -> list[str]:
    """Upload files, for a ticket or for a new one; their ids. Raises CliError for one that is not there."""
    missing = [str(path) for path in files if not path.is_file()]
    if missing:
        raise CliError(f"There is no file {', '.join(missing)}; nothing was sent.")
    path = f"/v1/tickets/{ticket}/attachments" if ticket else "/v1/attachments"
    ids = []
    for file in files:
        with file.open("rb") as stream:
            uploaded = await client.post_stream("intake", path, _pieces(stream), name=file.name)
        ids.append(str(uploaded["id"]))
    return ids


async def _pieces(stream: IO[bytes]) -> AsyncIterator[bytes]:
    while piece := await asyncio.to_thread(stream.read, CHUNK_BYTES):
        yield piece


async def _attach(ticket: str, files: list[Path], text: str, visibility: str) -> None:
    async with own_client() as client:
        body = {
            "text": text,
            "visibility": visibility,
            "attachments": await upload_all(client, files, ticket),
        }
        message = await client.post("intake", f"/v1/tickets/{ticket}/replies", body)
    who = "the customer sees" if visibility == "public" else "staff see"
    print_line(f"{ticket}: {who} {', '.join(one['name'] for one in message['attachments'])}.")


async def _download(ticket: str, folder: Path) -> None:
    count = 0
    async with own_client() as client:
        async for message in client.items("intake", f"/v1/tickets/{ticket}/messages"):
            for attachment in message["attachments"]:
                await _save(client, ticket, message["id"], attachment, folder)
                count += 1
    if not count:
        print_line(f"{ticket} has no files.")


async def _save(
    client: ApiClient, ticket: str, message: str, attachment: JSON, folder: Path
) -> None:
    # The name comes from outside: of it the last part, which leads nowhere.
    name = Path(attachment["name"].replace("\\", "/")).name or "unnamed"
    target = folder / f"{message[-6:]}-{attachment['number']}-{name}"
    if target.exists():
        print_line(f"{target} is there already.")
        return
    path = f"/v1/tickets/{ticket}/messages/{message}/attachments/{attachment['number']}"
    response = await client.get_response("intake", path)
    target.write_bytes(response.content)
    print_line(f"{target}: {attachment['size']} bytes")
