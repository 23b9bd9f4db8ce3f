"""`opsdesk time`: see what happens on Monday without waiting for it."""

from datetime import datetime
from typing import Annotated

from typer import Argument, Option

from opsdesk import demo_clients
from opsdesk.commands.console import run, say
from opsdesk.endpoints import find_running
from opsdesk.errors import Trouble
from opsdesk.formatting import instant, shown, span
from opsdesk.time_travel import Traveller


def time(
    by: Annotated[str | None, Argument(help="How far to go on: +3h, +90m, +1d12h.")] = None,
    to: Annotated[str | None, Option(help="The instant to go to: 2027-03-26T15:30.")] = None,
) -> None:
    """Show the simulated time, or move it on; everything due on the way happens at its time."""
    run(_time(by, to))


async def _time(by: str | None, to: str | None) -> None:
    if by and to:
        raise Trouble("Say either how far (+3h) or to which instant (--to), not both.")
    async with demo_clients.opened(find_running()) as desks:
        traveller = Traveller(desks, lambda at: say(f"  due at {shown(at)}"))
        if by:
            await traveller.go_on(span(by))
        elif to:
            await _go_to(traveller, instant(to))
        say(f"It is {shown(await traveller.now())} in OpsDesk.")


async def _go_to(traveller: Traveller, at: datetime) -> None:
    now = await traveller.now()
    if at < now:
        raise Trouble(f"Time only goes forwards, and it is {shown(now)} already.")
    await traveller.go_on(at)
