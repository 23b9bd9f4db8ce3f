"""The commands `opsdesk clocks list | explain`."""

from typing import Annotated

from typer import Argument, Option, Typer, echo

from opsdesk import json_output
from opsdesk.api_client import JSON
from opsdesk.commands.console import print_line, print_table, run_command
from opsdesk.errors import CliError
from opsdesk.formatting import format_duration, format_instant, local_zone, parse_instant
from opsdesk.invocation import current
from opsdesk.session import own_client

app = Typer(help="Clocks: promises and their deadlines.", no_args_is_help=True)
DEFAULT_LIMIT = 50


@app.command("list")
def list_(
    ticket: Annotated[str | None, Option(help="Of one ticket, by key.")] = None,
    customer: Annotated[str | None, Option(help="Of one customer, by key.")] = None,
    state: Annotated[str | None, Option(help="running, paused, stopped, …")] = None,
    service: Annotated[str | None, Option(help="Of one service, by key.")] = None,
    metric: Annotated[str | None, Option(help="first_response, resolution, …")] = None,
    agreement: Annotated[str | None, Option(help="Of one agreement, by key.")] = None,
    assignee: Annotated[str | None, Option(help="Whose tickets, by sub.")] = None,
    team: Annotated[str | None, Option(help="Which team's tickets, by key.")] = None,
    ticket_state: Annotated[str | None, Option(help="new, in_progress, on_hold, …")] = None,
    due_from: Annotated[str | None, Option(help="Due at this instant or later.")] = None,
    due_before: Annotated[str | None, Option(help="Due before this instant.")] = None,
    broken: Annotated[
        bool | None, Option("--broken/--kept", help="Only broken ones, or only the others.")
    ] = None,
    per_ticket: Annotated[
        bool, Option("--per-ticket", help="One row for each ticket, with its next promise.")
    ] = False,
) -> None:
    """List clocks, what is due next first; by default the open ones."""
    times = {"due_from": due_from, "due_before": due_before}
    given = {
        "customer": customer,
        "state": state,
        "service": service,
        "metric": metric,
        "agreement": agreement,
        "assignee": assignee,
        "team": team,
        "ticket_state": ticket_state,
        "breached": None if broken is None else str(broken).lower(),
        "per": "ticket" if per_ticket else None,
        **{name: at and parse_instant(at).isoformat() for name, at in times.items()},
    }
    query: JSON = {name: value for name, value in given.items() if value is not None}
    if ticket:
        run_command(_list(f"/v1/tickets/{ticket}/clocks", query))
    else:
        run_command(_list("/v1/clocks", query | {"limit": DEFAULT_LIMIT}))


@app.command()
def explain(
    ticket: Annotated[str, Argument(help="By key: OPS-1042.")],
    metric: Annotated[str, Argument(help="first_response, resolution, …")] = "resolution",
    zone: Annotated[str | None, Option(help="The time zone to show; by default your own.")] = None,
) -> None:
    """Explain how a clock came to its state, interval by interval."""
    run_command(_explain(ticket, metric, zone or str(local_zone())))


async def _explain(ticket: str, metric: str, zone: str) -> None:
    async with own_client() as client:
        page = await client.get("sla", f"/v1/tickets/{ticket}/clocks")
        clock_ids = [one["id"] for one in page["items"] if one["metric"] == metric]
        if not clock_ids:
            metrics = ", ".join(sorted({one["metric"] for one in page["items"]})) or "none"
            raise CliError(f"{ticket} has no {metric} clock; it has: {metrics}.")
        for id in clock_ids:
            text = await client.get_text("sla", f"/v1/clocks/{id}/explanation", zone=zone)
            if current().as_json:
                json_output.emit({"clock_id": id, "explanation": text})
            else:
                echo(text)


async def _list(path: str, query: JSON) -> None:
    async with own_client() as client:
        page = await client.get("sla", path, **query)
    columns = ("ticket", "clock", "state", "target", "deadline", "outcome")
    print_table("Clocks", columns, (_row(clock) for clock in page["items"]))
    if page["next"]:
        print_line(
            f"These are the {DEFAULT_LIMIT} that are due next; narrow it down by --customer or --state."
        )


def _row(clock: JSON) -> tuple[object, ...]:
    target, deadline = format_duration(clock["target_seconds"]), format_instant(clock["deadline"])
    return clock["ticket"], clock["metric"], clock["state"], target, deadline, clock["outcome"]
