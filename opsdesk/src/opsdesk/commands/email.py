"""The command `opsdesk email post`: raw mails to intake, so that any mail server is a gateway."""

import sys
from pathlib import Path
from typing import Annotated, Final

from typer import Argument, Exit, Typer

from opsdesk.api_client import JSON, ApiClient, Problem
from opsdesk.commands.console import print_line, run_command
from opsdesk.errors import CliError
from opsdesk.session import own_client

app = Typer(help="Mails for intake.", no_args_is_help=True)
MEDIA_TYPE: Final = "message/rfc822"
EX_TEMPFAIL: Final = 75
"""With this exit code (sysexits.h) a mail server keeps a mail, and tries again later."""
OUTCOMES: Final = {
    "opened": "opened",
    "joined": "joined",
    "duplicate": "came before, and is on",
    "unreadable": "could not be read as a whole, and is on",
}


@app.callback()
def mails() -> None:
    """Mails for intake."""


@app.command()
def post(
    files: Annotated[
        list[Path], Argument(help="Raw mails, one in each file; `-` reads one from the input.")
    ],
) -> None:
    """Post raw mails. One that is sent again counts once. Exit code 75: not all are stored, try again."""
    try:
        failed = run_command(_post(files))
    except Exit:  # without a login, say: a mail server must not send the mail back for that
        raise Exit(EX_TEMPFAIL) from None
    if failed:
        raise Exit(EX_TEMPFAIL)


async def _post(files: list[Path]) -> int:
    """Post each; how many are not stored."""
    failed = 0
    async with own_client() as client:
        for file in files:
            try:
                print_line(f"{file}: {await _post_one(client, file)}")
            except (CliError, Problem) as error:
                failed += 1
                sys.stderr.write(f"{file}: {error}\n")
    return failed


async def _post_one(client: ApiClient, file: Path) -> str:
    result = await client.post_bytes("intake", "/v1/emails", _read(file), MEDIA_TYPE)
    return _in_words(result)


def _read(file: Path) -> bytes:
    """The bytes as they are. Raises CliError."""
    try:
        return sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    except OSError as error:
        raise CliError(f"{file} cannot be read: {error.strerror}.") from None


def _in_words(result: JSON) -> str:
    outcome, ticket = str(result["outcome"]), result.get("ticket")
    if ticket is not None:
        return f"{OUTCOMES.get(outcome, outcome)} {ticket['key']}"
    if outcome == "ignored":
        return f"held back as a machine's: opsdesk mails show {result['id']}"
    return "came before" if outcome == "duplicate" else "stored, and not processed yet"
