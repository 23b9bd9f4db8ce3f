"""`opsdesk clocks list`, `opsdesk clocks explain`."""

from typing import Annotated

from typer import Argument, Option, Typer, echo

from opsdesk.api_client import JSON
from opsdesk.commands.console import run, say, show
from opsdesk.errors import Trouble
from opsdesk.formatting import lasting, readers_zone, shown
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


@app.command()
def explain(
    ticket: Annotated[str, Argument(help="By key: OPS-1042.")],
    metric: Annotated[str, Argument(help="first_response, resolution, …")] = "resolution",
    zone: Annotated[str | None, Option(help="Whose times to tell; else your own.")] = None,
) -> None:
    """Tell why a promise stands where it stands, hour by hour."""
    run(_explain(ticket, metric, zone or str(readers_zone())))


async def _explain(ticket: str, metric: str, zone: str) -> None:
    async with own_desk() as desk:
        page = await desk.get("sla", f"/v1/tickets/{ticket}/clocks")
        found = [one["id"] for one in page["items"] if one["metric"] == metric]
        if not found:
            known = ", ".join(sorted({one["metric"] for one in page["items"]})) or "none"
            raise Trouble(f"{ticket} has no {metric} clock; it has: {known}.")
        for id in found:
            echo(await desk.read("sla", f"/v1/clocks/{id}/explanation", zone=zone))


async def _list(path: str, asked: JSON) -> None:
    async with own_desk() as desk:
        page = await desk.get("sla", path, limit=FEW, **asked)
    columns = ("ticket", "clock", "state", "target", "deadline", "outcome")
    show("Clocks", columns, (_row(clock) for clock in page["items"]))
    if page["next"]:
        say(f"These are the first {FEW} to break; narrow it down by --customer or --state.")


def _row(clock: JSON) -> tuple[object, ...]:
    target, deadline = lasting(clock["target_seconds"]), shown(clock["deadline"])
    return clock["ticket"], clock["metric"], clock["state"], target, deadline, clock["outcome"]
