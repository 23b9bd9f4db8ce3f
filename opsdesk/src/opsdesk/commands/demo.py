"""The command `opsdesk demo`: plays the journeys on a running OpsDesk."""

from typing import Annotated, Final

from rich.rule import Rule
from typer import Argument

from opsdesk import demo_clients
from opsdesk.commands.console import console, print_line, run_command
from opsdesk.company.demo_data import read_demo_data
from opsdesk.company.loader import load
from opsdesk.endpoints import find_endpoints
from opsdesk.errors import CliError
from opsdesk.invocation import current
from opsdesk.journeys import JOURNEYS
from opsdesk.journeys import context as journey_context

BY_DEFAULT: Final = [name for name in JOURNEYS if name != "J15"]
"""A whole month is worth to look at, and too long to wait for unasked."""


def demo(
    journeys: Annotated[
        list[str] | None,
        Argument(help="J1 to J15, such as J7 J8; by default all but J15, which takes minutes."),
    ] = None,
) -> None:
    """Play the journeys; each run creates new tickets and advances the simulated time."""
    run_command(_play_journeys([name.upper() for name in journeys or BY_DEFAULT]))


async def _play_journeys(names: list[str]) -> None:
    if missing := [name for name in names if name not in JOURNEYS]:
        raise CliError(f"There is no journey {missing[0]}; there are: {', '.join(JOURNEYS)}.")
    endpoints = find_endpoints()
    async with demo_clients.open_demo_clients(endpoints) as clients:
        await load(clients, read_demo_data(), lambda chapter, entries, new: None)
    for name in names:
        if not current().as_json:
            console.print(Rule(f"{name}  {JOURNEYS[name].title}", align="left"))
        async with journey_context.open_context(endpoints, print_line) as context:
            await JOURNEYS[name].play(context)
        print_line()
