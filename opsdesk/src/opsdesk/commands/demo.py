"""`opsdesk demo`: the journeys, played on the running OpsDesk."""

from typing import Annotated

from rich.rule import Rule
from typer import Argument

from opsdesk import demo_clients
from opsdesk.commands.console import console, run, say
from opsdesk.company.demo_data import read_book
from opsdesk.company.loader import load
from opsdesk.endpoints import find_running
from opsdesk.errors import Trouble
from opsdesk.journeys import JOURNEYS
from opsdesk.journeys import context as journey_context


def demo(
    journeys: Annotated[
        list[str] | None, Argument(help="J1 J2 J3 J4 J5 J6; all if none is named.")
    ] = None,
) -> None:
    """Play the journeys; each run makes new tickets and moves the simulated time on."""
    run(_demo([name.upper() for name in journeys or JOURNEYS]))


async def _demo(names: list[str]) -> None:
    if unknown := [name for name in names if name not in JOURNEYS]:
        raise Trouble(f"There is no journey {unknown[0]}; there are: {', '.join(JOURNEYS)}.")
    running = find_running()
    async with demo_clients.opened(running) as desks:
        await load(desks, read_book(), lambda chapter, entries, new: None)
    for name in names:
        console.print(Rule(f"{name}  {JOURNEYS[name].title}", align="left"))
        async with journey_context.raised(running, say) as here:
            await JOURNEYS[name].play(here)
        say()
