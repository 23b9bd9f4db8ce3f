"""The commands `opsdesk deliveries list | show`."""

from typing import Annotated

from typer import Argument, Option, Typer

from opsdesk.api_client import JSON
from opsdesk.commands.console import print_facts, print_line, print_table, run_command
from opsdesk.formatting import format_instant
from opsdesk.session import own_client

app = Typer(help="Deliveries of versions to environments.", no_args_is_help=True)
DEFAULT_LIMIT = 50


@app.command("list")
def list_(
    environment: Annotated[str | None, Option(help="Of one environment, by key.")] = None,
    state: Annotated[str | None, Option(help="in_review, approved, refused, …")] = None,
) -> None:
    """List the newest deliveries."""
    query = {"environment": environment, "state": state}
    run_command(_list({name: value for name, value in query.items() if value is not None}))


@app.command("show")
def show_(delivery: Annotated[str, Argument(help="Its key, such as DEL-7.")]) -> None:
    """Show a delivery with its verdict."""
    run_command(_show(delivery))


async def _list(query: JSON) -> None:
    async with own_client() as client:
        page = await client.get("delivery-gate", "/v1/deliveries", limit=DEFAULT_LIMIT, **query)
    columns = ("delivery", "product", "version", "environment", "attempt", "state", "requested")
    print_table("Deliveries", columns, (_row(delivery) for delivery in page["items"]))


async def _show(ref: str) -> None:
    async with own_client() as client:
        delivery = await client.get("delivery-gate", f"/v1/deliveries/{ref}")
    fields = ("state", "product", "version", "digest", "environment", "attempt", "requested_by")
    print_facts(delivery["key"], ((name.replace("_", " "), delivery[name]) for name in fields))
    for approval in delivery["approvals"]:
        print_line(f"approved by {approval['by']} at {format_instant(approval['at'])}")
    if verdict := delivery["verdict"]:
        print_line(
            f"{verdict['outcome']} by {verdict['decided_by']} at {format_instant(verdict['at'])}"
        )
        for reason in verdict["reasons"]:
            print_line(f"  {reason['code']} ({reason['criterion']}): {reason['justification']}")


def _row(delivery: JSON) -> tuple[object, ...]:
    names = ("key", "product", "version", "environment", "attempt", "state")
    return (*(delivery[name] for name in names), format_instant(delivery["requested_at"]))
