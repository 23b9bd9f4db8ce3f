"""`opsdesk deliveries list | show`."""

from typing import Annotated

from typer import Argument, Option, Typer

from opsdesk.api_client import JSON
from opsdesk.commands.console import run, say, show, show_facts
from opsdesk.formatting import shown
from opsdesk.session import own_desk

app = Typer(help="Requests to bring a version to an environment.", no_args_is_help=True)
FEW = 50


@app.command("list")
def list_(
    environment: Annotated[str | None, Option(help="Of one environment, by key.")] = None,
    state: Annotated[str | None, Option(help="in_review, approved, refused, …")] = None,
) -> None:
    """Show the newest deliveries."""
    asked = {"environment": environment, "state": state}
    run(_list({name: value for name, value in asked.items() if value is not None}))


@app.command("show")
def show_(delivery: Annotated[str, Argument(help="Its key, such as DEL-7.")]) -> None:
    """Show a delivery with its verdict."""
    run(_show(delivery))


async def _list(asked: JSON) -> None:
    async with own_desk() as desk:
        page = await desk.get("delivery-gate", "/v1/deliveries", limit=FEW, **asked)
    columns = ("delivery", "product", "version", "environment", "attempt", "state", "requested")
    show("Deliveries", columns, (_row(delivery) for delivery in page["items"]))


async def _show(ref: str) -> None:
    async with own_desk() as desk:
        delivery = await desk.get("delivery-gate", f"/v1/deliveries/{ref}")
    told = ("state", "product", "version", "digest", "environment", "attempt", "requested_by")
    show_facts(delivery["key"], ((name.replace("_", " "), delivery[name]) for name in told))
    for approval in delivery["approvals"]:
        say(f"approved by {approval['by']} at {shown(approval['at'])}")
    if verdict := delivery["verdict"]:
        say(f"{verdict['outcome']} by {verdict['spoken_by']} at {shown(verdict['at'])}")
        for reason in verdict["reasons"]:
            say(f"  {reason['code']} ({reason['criterion']}): {reason['argument']}")


def _row(delivery: JSON) -> tuple[object, ...]:
    names = ("key", "product", "version", "environment", "attempt", "state")
    return (*(delivery[name] for name in names), shown(delivery["requested_at"]))
