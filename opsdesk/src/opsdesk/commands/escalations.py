"""The commands `opsdesk escalations list | show | acknowledge` and `opsdesk oncall`."""

from typing import Annotated

from typer import Argument, Option, Typer

from opsdesk.api_client import JSON
from opsdesk.commands.console import print_facts, print_line, print_table, run_command
from opsdesk.event_line import detail_fields
from opsdesk.formatting import format_instant, parse_instant
from opsdesk.session import own_client

app = Typer(
    help="Escalations: people are notified until somebody acknowledges.", no_args_is_help=True
)
DEFAULT_LIMIT = 50
Key = Annotated[str, Argument(help="Its key, such as ESC-7.")]


@app.command("list")
def list_(
    state: Annotated[str | None, Option(help="open, acknowledged, snoozed, resolved")] = None,
    ticket: Annotated[str | None, Option(help="Of one ticket, by key.")] = None,
) -> None:
    """List the newest escalations."""
    query = {"state": state, "ticket": ticket}
    run_command(_list({name: value for name, value in query.items() if value is not None}))


@app.command("show")
def show_(key: Key) -> None:
    """Show an escalation with its timeline."""
    run_command(_show(key))


@app.command()
def acknowledge(key: Key) -> None:
    """Acknowledge an escalation: nobody else is notified."""
    run_command(_acknowledge(key))


def oncall(
    at: Annotated[str | None, Option(help="An instant; by default now.")] = None,
) -> None:
    """Show who is on call."""
    run_command(_oncall(at))


async def _list(query: JSON) -> None:
    async with own_client() as client:
        page = await client.get("escalation", "/v1/escalations", limit=DEFAULT_LIMIT, **query)
    columns = ("case", "state", "severity", "policy", "step", "next at", "what")
    print_table("Escalations", columns, (_row(case) for case in page["items"]))


async def _show(key: str) -> None:
    async with own_client() as client:
        case = await client.get("escalation", f"/v1/escalations/{key}")
    fields = ("state", "trigger", "severity", "policy", "customer", "environment", "ticket")
    print_facts(f"{case['key']}: {case['title']}", ((name, case[name]) for name in fields))
    columns = ("at", "what", "by", "")
    print_table("Timeline", columns, (_timeline_row(entry) for entry in case["timeline"]))


async def _acknowledge(key: str) -> None:
    async with own_client() as client:
        case = await client.post("escalation", f"/v1/escalations/{key}/acknowledge")
    print_line(f"{case['key']} is yours: {case['title']}.")


async def _oncall(at: str | None) -> None:
    query = {"at": parse_instant(at).isoformat()} if at else {}
    async with own_client() as client:
        oncall = await client.get("escalation", "/v1/oncall", **query)
    columns = ("rota", "people", "until", "next")
    print_table(
        f"On call at {format_instant(oncall['at'])}", columns, map(_rota_row, oncall["items"])
    )


def _rota_row(item: JSON) -> tuple[object, ...]:
    people = ", ".join(item["people"]) or "nobody"
    if item["until"] is None:
        return item["rota"], people, "", ""
    return item["rota"], people, format_instant(item["until"]), ", ".join(item["next"]) or "nobody"


def _row(case: JSON) -> tuple[object, ...]:
    names = ("key", "state", "severity", "policy", "step")
    return (*(case[name] for name in names), format_instant(case["next_at"]), case["title"])


def _timeline_row(entry: JSON) -> tuple[object, ...]:
    return (
        format_instant(entry["at"]),
        entry["kind"],
        entry["by"],
        " ".join(detail_fields(entry["detail"])),
    )
