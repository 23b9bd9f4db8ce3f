"""`opsdesk clocks list`."""

from typing import Annotated

from typer import Option, Typer

from opsdesk.commands.console import run, show
from opsdesk.desk import JSON
from opsdesk.reading import lasting, shown
from opsdesk.session import own_desk

app = Typer(help="Promises being measured.", no_args_is_help=True)
FEW = 50


@app.command("list")
def list_(
    ticket: Annotated[str | None, Option(help="Of one ticket, by key.")] = None,
    customer: Annotated[str | None, Option(help="Of one customer, by key.")] = None,
    state: Annotated[str | None, Option(help="running, paused, stopped, …")] = None,
) -> None:
    """Show clocks in the order in which their promises break; the open ones, unless said else."""
    asked = {"customer": customer, "state": state}
    path = f"/v1/tickets/{ticket}/clocks" if ticket else "/v1/clocks"
    run(_list(path, {name: value for name, value in asked.items() if value is not None}))


async def _list(path: str, asked: JSON) -> None:
    async with own_desk() as desk:
        page = await desk.get("sla", path, limit=FEW, **asked)
    columns = ("ticket", "clock", "state", "target", "deadline", "outcome")
    show("Clocks", columns, (_row(clock) for clock in page["items"]))


def _row(clock: JSON) -> tuple[object, ...]:
    target, deadline = lasting(clock["target_seconds"]), shown(clock["deadline"])
    return clock["ticket"], clock["metric"], clock["state"], target, deadline, clock["outcome"]
