"""The commands `opsdesk notices list | show | send | dismiss`."""

from typing import Annotated

from typer import Argument, Option, Typer

from opsdesk.api_client import JSON
from opsdesk.commands.console import print_facts, print_line, print_table, run_command
from opsdesk.formatting import format_instant
from opsdesk.session import own_client

app = Typer(help="Notices to customers.", no_args_is_help=True)
DEFAULT_LIMIT = 50

Notice = Annotated[str, Argument(help="Its key, such as NTC-7.")]


@app.command("list")
def list_(
    state: Annotated[str | None, Option(help="proposed, due, sent, unsent, dismissed")] = None,
) -> None:
    """List the newest notices."""
    run_command(_list({} if state is None else {"state": state}))


@app.command("show")
def show(notice: Notice) -> None:
    """Show a notice, and which contact got it when."""
    run_command(_show(notice))


@app.command("send")
def send(notice: Notice) -> None:
    """Send a proposed notice to all contacts of its customer."""
    run_command(_decide(notice, "send"))


@app.command("dismiss")
def dismiss(notice: Notice) -> None:
    """Dismiss a proposed notice: nothing goes out, once a second person has asked for the same."""
    run_command(_decide(notice, "dismiss"))


async def _list(query: JSON) -> None:
    async with own_client() as client:
        page = await client.get("intake", "/v1/notices", limit=DEFAULT_LIMIT, **query)
    columns = ("notice", "state", "about", "what", "customer", "environment", "from", "until")
    print_table("Notices", columns, (_row(one) for one in page["items"]))


async def _show(notice: str) -> None:
    async with own_client() as client:
        shown = await client.get("intake", f"/v1/notices/{notice}")
    facts = [
        (name.replace("_", " "), shown[name])
        for name in ("state", "customer", "decided_by", "dismissal_asked_by")
    ]
    print_facts(f"{shown['key']}: {shown['subjects']['en']}", facts)
    columns = ("contact", "language", "state", "at", "problem")
    rows = (
        (one["contact_id"], one["language"], one["state"], format_instant(one["settled_at"]), one["problem"])
        for one in shown["mails"]
    )  # fmt: skip
    print_table("Mails", columns, rows)


async def _decide(notice: str, step: str) -> None:
    async with own_client() as client:
        shown = await client.post("intake", f"/v1/notices/{notice}/{step}")
    print_line(f"{shown['key']} is {shown['state']}: {shown['subjects']['en']}")
    if step == "dismiss" and shown["state"] == "proposed":
        print_line(f"Somebody else must dismiss it as well: opsdesk notices dismiss {shown['key']}")


def _row(notice: JSON) -> tuple[object, ...]:
    times = format_instant(notice["starts_at"]), format_instant(notice["ends_at"])
    what = f"{notice['kind']} {notice['stage']}"
    return (
        notice["key"],
        notice["state"],
        notice["source_key"],
        what,
        notice["customer"],
        notice["environment"],
        *times,
    )
