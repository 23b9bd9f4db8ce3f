"""The command `opsdesk time`: shows and advances the simulated time."""

from datetime import datetime
from typing import Annotated

from typer import Argument, Option

from opsdesk import demo_clients
from opsdesk.commands.console import print_line, run_command
from opsdesk.endpoints import find_endpoints
from opsdesk.errors import CliError
from opsdesk.formatting import format_instant, parse_duration, parse_instant
from opsdesk.time_travel import TimeTraveller


def time(
    by: Annotated[str | None, Argument(help="How far to advance: +3h, +90m, +1d12h.")] = None,
    to: Annotated[str | None, Option(help="The instant to advance to: 2027-03-26T15:30.")] = None,
) -> None:
    """Show the simulated time, or advance it; deadlines on the way fire at their own instants."""
    run_command(_travel(by, to))


async def _travel(by: str | None, to: str | None) -> None:
    if by and to:
        raise CliError("Give either a duration (+3h) or an instant (--to), not both.")
    async with demo_clients.open_demo_clients(find_endpoints()) as clients:
        traveller = TimeTraveller(clients, lambda at: print_line(f"  due at {format_instant(at)}"))
        if by:
            await traveller.resume(parse_duration(by))
        elif to:
            await _travel_to(traveller, parse_instant(to))
        print_line(f"It is {format_instant(await traveller.now())} in OpsDesk.")


async def _travel_to(traveller: TimeTraveller, at: datetime) -> None:
    now = await traveller.now()
    if at < now:
        raise CliError(f"Time only moves forwards, and it is already {format_instant(now)}.")
    await traveller.resume(at)
