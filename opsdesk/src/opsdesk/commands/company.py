"""The commands `opsdesk company load | tokens`: the demo company."""

import json
import os
from pathlib import Path
from typing import Annotated

from typer import Argument, Option, Typer

from opsdesk import demo_clients
from opsdesk.commands.console import print_line, run_command
from opsdesk.company.demo_data import read_demo_data
from opsdesk.company.loader import load as load_into
from opsdesk.endpoints import find_endpoints

app = Typer(help="The demo company.", no_args_is_help=True)


@app.command()
def load() -> None:
    """Load the demo company into OpsDesk; existing entries are not changed."""
    run_command(_load())


@app.command()
def tokens(folder: Annotated[Path, Argument(help="The local issuer's folder.")]) -> None:
    """Write a token for everybody of the demo company to `tokens.json` in the folder."""
    run_command(_tokens(folder))


@app.command(hidden=True)
def issuer(
    folder: Annotated[Path, Argument(help="The local issuer's folder.")],
    port: Annotated[int, Argument(help="Where it listens.")],
    console: Annotated[str, Argument(help="The address of the console.")],
    host: Annotated[str, Option(help="Without it, on this machine alone.")] = "127.0.0.1",
) -> None:
    """Serve the page "Who are you?" of `make run` and of the containers, until it is ended."""
    import uvicorn  # of this command alone

    made = demo_clients.create_demo_issuer(folder, f"{console.rstrip('/')}/signed-in")
    uvicorn.run(made.app(), host=host, port=port, log_level="warning")


async def _load() -> None:
    async with demo_clients.open_demo_clients(find_endpoints()) as clients:
        added = await load_into(clients, read_demo_data(), _report_section)
    print_line("The demo company is loaded." if added else "Nothing was missing.")


def _report_section(section: str, entries: int, new: int) -> None:
    print_line(f"{section}: {entries}, {new} of them new")


async def _tokens(folder: Path) -> None:
    tokens = demo_clients.issue_all_tokens(folder)
    file = folder / "tokens.json"
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as stream:
        json.dump(tokens, stream, indent=1)
    print_line(f"{len(tokens)} tokens in {file}")
