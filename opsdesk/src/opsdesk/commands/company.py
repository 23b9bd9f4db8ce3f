"""`opsdesk company load | tokens`: the demo company, as `make run` brings it in."""

import json
import os
from pathlib import Path
from typing import Annotated

from typer import Argument, Typer

from opsdesk import demo_clients
from opsdesk.commands.console import run, say
from opsdesk.company.demo_data import read_book
from opsdesk.company.loader import load as load_into
from opsdesk.endpoints import find_running

app = Typer(help="The demo company.", no_args_is_help=True)


@app.command()
def load() -> None:
    """Bring the demo company into OpsDesk; what is there already is left alone."""
    run(_load())


@app.command()
def tokens(folder: Annotated[Path, Argument(help="The local issuer's folder.")]) -> None:
    """Write a token for everybody of the demo company into `tokens.json` there."""
    run(_tokens(folder))


async def _load() -> None:
    async with demo_clients.opened(find_running()) as desks:
        added = await load_into(desks, read_book(), _tell)
    say("The demo company is there." if added else "Nothing was missing.")


def _tell(chapter: str, entries: int, new: int) -> None:
    say(f"{chapter}: {entries}, {new} of them new")


async def _tokens(folder: Path) -> None:
    issued = demo_clients.issue_all(folder)
    file = folder / "tokens.json"
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as written:
        json.dump(issued, written, indent=1)
    say(f"{len(issued)} tokens in {file}")
