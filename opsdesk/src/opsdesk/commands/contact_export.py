"""The command `opsdesk contacts export`: everything that is stored about a contact, in one file."""

import asyncio
import json
import os
from pathlib import Path
from typing import IO, Annotated, Final

from typer import Argument

from opsdesk import json_output
from opsdesk.api_client import ApiClient
from opsdesk.commands.console import print_line, run_command
from opsdesk.errors import CliError
from opsdesk.session import own_client

SERVICES: Final = ("intake", "sla")
"""Where something about a contact is stored that is no copy: the two parts of the file, in this order."""


def export(
    contact: Annotated[str, Argument(help="The contact's id, or one of their e-mail addresses.")],
    file: Annotated[Path, Argument(help="The file to write; never written over.")],
) -> None:
    """Export everything about a contact as JSON lines. Who did is recorded.

    It also has what others wrote on their tickets: look through it before you hand it out.
    """
    run_command(_export(contact, file))


async def _export(contact: str, file: Path) -> None:
    stream, is_whole = _open_new(file), False
    try:
        with stream:
            async with own_client() as client:
                id = await _id_of(client, contact)
                counts = {name: await _write(client, name, id, stream) for name in SERVICES}
        is_whole = True
    finally:
        if not is_whole:  # half of it would be taken for all of it
            await asyncio.to_thread(file.unlink, missing_ok=True)
    json_output.emit({"file": str(file), "records": counts})
    counted = ", ".join(f"{count} of {name}" for name, count in counts.items())
    print_line(
        f"Everything about contact {id} is in {file}: {counted}. It is personal data: delete it after use."
    )


async def _write(client: ApiClient, service: str, contact: str, stream: IO[str]) -> int:
    """Write what a service has, each line with the service's name; the number of records."""
    count = 0
    async for line in client.lines(service, f"/v1/contacts/{contact}/export"):
        one = json.loads(line)
        if one["part"] == "end":
            if one["record"]["records"] == count:
                return count
            break
        stream.write(json.dumps({"service": service, **one}, ensure_ascii=False) + "\n")
        count += 1
    raise CliError(f"{service} stopped after {count} records; nothing is kept. Try again.")


async def _id_of(client: ApiClient, contact: str) -> str:
    """The id of the contact with this id or address. Raises CliError."""
    if "@" not in contact:
        return contact
    found = (await client.get("intake", "/v1/callers", email=contact))["items"]
    if not found:
        raise CliError(f"No contact has the address {contact}.")
    return str(found[0]["contact_id"])


def _open_new(path: Path) -> IO[str]:
    """A new file that only this user can read. Raises CliError where one of that name exists."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise CliError(f"{path} cannot be written ({error.strerror}); choose another.") from None
    return os.fdopen(descriptor, "w", encoding="utf-8")
