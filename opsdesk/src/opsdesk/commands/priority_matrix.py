"""The commands `opsdesk matrix show | change | confirm | decline`: impact and urgency give the priority."""

from typing import Annotated

from typer import Argument, Option, Typer

from opsdesk import json_output
from opsdesk.api_client import JSON
from opsdesk.commands.console import print_line, print_table, run_command
from opsdesk.errors import CliError
from opsdesk.session import own_client

app = Typer(help="The matrix of impact and urgency that gives priorities.", no_args_is_help=True)
PATH = "/v1/priority-matrix"
LEVELS = ("high", "medium", "low")


@app.command("show")
def show_() -> None:
    """Show the matrix, and a change that waits for a second person."""
    run_command(_show())


@app.command("change")
def change(
    cells: Annotated[
        list[str], Argument(help="IMPACT/URGENCY=PRIORITY, such as low/high=minor; one or more.")
    ],
    reason: Annotated[str, Option(help="Why.")],
) -> None:
    """Change the matrix for tickets that are assessed from now on. A lower priority takes two people."""
    run_command(_change(cells, reason))


@app.command("confirm")
def confirm() -> None:
    """Confirm the lower priorities that somebody else asked for."""
    run_command(_answer({"agree": True}))


@app.command("decline")
def decline(reason: Annotated[str, Option(help="Why.")]) -> None:
    """Decline the lower priorities that wait."""
    run_command(_answer({"agree": False, "reason": reason}))


def _parse_cell(cell: str) -> tuple[str, str, str]:
    """Impact, urgency and priority. Raises CliError."""
    levels, _, priority = cell.partition("=")
    impact, _, urgency = levels.partition("/")
    if impact not in LEVELS or urgency not in LEVELS or not priority:
        raise CliError(
            f"{cell!r} is no cell: write IMPACT/URGENCY=PRIORITY, such as low/high=minor."
        )
    return impact, urgency, priority


async def _show() -> None:
    async with own_client() as client:
        _print(await client.get("intake", PATH))


async def _change(cells: list[str], reason: str) -> None:
    parsed = [_parse_cell(cell) for cell in cells]
    async with own_client() as client:
        priorities = (await client.get("intake", PATH))["priorities"]
        for impact, urgency, priority in parsed:
            priorities[impact][urgency] = priority
        changed = await client.put("intake", PATH, {"priorities": priorities, "reason": reason})
    json_output.emit(changed)
    _print(changed)


async def _answer(body: JSON) -> None:
    async with own_client() as client:
        _print(await client.post("intake", f"{PATH}/confirm", body))


def _print(matrix: JSON) -> None:
    _print_cells(f"Priorities, version {matrix['version']}", matrix["priorities"])
    if (pending := matrix["pending"]) is None:
        return
    title = f"Asked for by {pending['requested_by']}: {pending['reason']}"
    _print_cells(title, pending["priorities"])
    print_line(f"It lowers {', '.join(pending['lowers'])} once somebody else confirms it:")
    print_line("opsdesk matrix confirm")


def _print_cells(title: str, priorities: JSON) -> None:
    rows = ((impact, *(priorities[impact][urgency] for urgency in LEVELS)) for impact in LEVELS)
    print_table(title, ("impact \\ urgency", *LEVELS), rows)
