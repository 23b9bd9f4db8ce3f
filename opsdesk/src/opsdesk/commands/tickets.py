"""The commands that read tickets: list, show, history."""

from typing import Annotated

from typer import Option, Typer

from opsdesk import json_output
from opsdesk.api_client import JSON, ApiClient
from opsdesk.commands.console import print_facts, print_line, print_table, run_command
from opsdesk.commands.references import Ticket
from opsdesk.commands.ticket_classification import classification, pending_classification
from opsdesk.formatting import format_instant
from opsdesk.session import own_client

app = Typer(help="Tickets.", no_args_is_help=True)
DEFAULT_LIMIT = 50


@app.command("list")
def list_(
    customer: Annotated[str | None, Option(help="The customer's key.")] = None,
    state: Annotated[str | None, Option(help="new, in_progress, on_hold, resolved, …")] = None,
    watched: Annotated[bool, Option("--watched", help="Only those that you watch.")] = False,
    everything: Annotated[bool, Option("--all", help="Closed ones, too.")] = False,
) -> None:
    """List the newest tickets, by default the open ones."""
    query = {
        "customer": customer,
        "state": state,
        "watched": watched or None,
        "open": None if everything or state else True,
    }
    run_command(_list({name: value for name, value in query.items() if value is not None}))


def show_(
    ticket: Ticket,
    quoted: Annotated[
        bool, Option("--quoted", help="With what was cut from mails: quoted text and signatures.")
    ] = False,
) -> None:
    """Show a ticket with its messages, its clocks, and what you may do now."""
    run_command(_show(ticket, quoted=quoted))


def history(ticket: Ticket) -> None:
    """Show who did what to a ticket."""
    run_command(_history(ticket))


async def _list(query: JSON) -> None:
    async with own_client() as client:
        page = await client.get("intake", "/v1/tickets", limit=DEFAULT_LIMIT, **query)
    columns = ("ticket", "priority", "state", "customer", "environment", "opened", "title")
    print_table("Tickets", columns, (_row(ticket) for ticket in page["items"]))
    if page["next"]:
        print_line(
            f"These are the newest {DEFAULT_LIMIT}; narrow it down by --customer or --state."
        )


async def _show(ref: str, *, quoted: bool) -> None:
    async with own_client() as client:
        ticket = await client.get("intake", f"/v1/tickets/{ref}")
        print_facts(f"{ticket['key']}: {ticket['title']}", _facts(ticket))
        messages = [one async for one in client.items("intake", f"/v1/tickets/{ref}/messages")]
        for message in messages:
            _print_message(message, quoted=quoted)
        clocks = await show_clocks(client, ticket["key"])
    if acts := [one["act"] for one in ticket.get("allowed", ()) if one["possible"]]:
        print_line(f"You may: {', '.join(acts).replace('_', '-')}")
    json_output.emit(ticket | {"messages": messages, "clocks": clocks})


def _print_message(message: JSON, *, quoted: bool) -> None:
    author = message.get("author_name") or message["author"]
    side = f"{message['direction']}, {message['visibility']}"
    print_line(f"\n{format_instant(message['at'])}  {author} ({side})")
    if doubt := message.get("sender_doubt"):
        print_line(f"  Warning: the sender of this mail was not believed: {doubt}")
    print_line(message["text"].strip())
    for line in quoted_lines(message, whole=quoted):
        print_line(line)
    if quoted and message.get("email"):
        print_line(f"  As it came: opsdesk mails raw {message['email']} mail.eml")
    for line in mail_lines(message):
        print_line(line)


async def _history(ref: str) -> None:
    async with own_client() as client:
        entries = [one async for one in client.items("intake", f"/v1/tickets/{ref}/history")]
    json_output.emit({"items": entries})
    rows = ((format_instant(one["at"]), one["words"]) for one in entries)
    print_table(f"What happened to {ref}", ("at", "what"), rows)


def quoted_lines(message: JSON, *, whole: bool) -> list[str]:
    """Return what was cut from a mail, indented: the `whole` of it, else one line that says how to see it."""
    lines = (message.get("history") or "").strip("\n").splitlines()
    if not lines:
        return []
    if whole:
        return ["  Quoted, or a signature:", *(f"  | {line}" for line in lines)]
    return [f"  {len(lines)} more lines, quoted or a signature: add --quoted"]


def mail_lines(message: JSON) -> list[str]:
    """Return what became of a message by mail, one line for each contact, as far as staff may know."""
    if message.get("mailing") == "nobody":
        return ["  by mail: to nobody, who wrote or opened it gets no mail"]
    return [
        f"  {mail['purpose']} by mail to contact {mail['contact_id']}: {mail['state']}"
        + (f" {format_instant(mail['settled_at'])}" if mail["settled_at"] else "")
        + (f" ({mail['problem']})" if mail["problem"] else "")
        for mail in message.get("mails") or ()
    ]


async def show_clocks(client: ApiClient, ticket: str) -> list[JSON]:
    """Print the clocks of a ticket, and return them."""
    clocks: list[JSON] = (await client.get("sla", f"/v1/tickets/{ticket}/clocks"))["items"]
    columns = ("clock", "state", "deadline", "outcome")
    print_table(f"Clocks of {ticket}", columns, (_clock_row(clock) for clock in clocks))
    return clocks


def _row(ticket: JSON) -> tuple[object, ...]:
    names = ("key", "priority", "state", "customer", "environment")
    return (*(ticket[name] for name in names), format_instant(ticket["opened_at"]), ticket["title"])


def _clock_row(clock: JSON) -> tuple[object, ...]:
    return clock["metric"], clock["state"], format_instant(clock["deadline"]), clock["outcome"]


def _facts(ticket: JSON) -> list[tuple[str, object]]:
    names = ticket.get("names", {})
    fields = [
        (
            name.replace("_", " "),
            _named(ticket.get(name), names) if name in _PEOPLE else ticket.get(name),
        )
        for name in _SHOWN_FIELDS
    ]
    times = [
        (name.replace("_at", "").replace("_", " "), ticket.get(name))
        for name in ("opened_at", "waiting_until", "resolved_at")
    ]
    if pending := ticket.get("pending_downgrade"):
        words = f"{pending['priority']}, says {_named(pending['requested_by'], names)}: {pending['reason']}"
        fields.append(("priority to be confirmed", words))
    if pending := ticket.get("pending_reclassification"):
        words = f"{classification(pending_classification(ticket))}, says {pending['requested_by']}: {pending['reason']}"
        fields.append(("to be confirmed", words))
    return [*fields, *((name, format_instant(at)) for name, at in times if at)]


def _named(account: str | None, names: JSON) -> str | None:
    return account and names.get(account, account)


_PEOPLE = frozenset({"assignee", "opened_by", "resolved_by", "verified_by"})
_SHOWN_FIELDS = (
    "state",
    "priority",
    "kind",
    "service",
    "customer",
    "environment",
    "channel",
    "waiting_on",
    "forwarded_to",
    "partner",
    "assignee",
    "team",
    "resolved_by",
    "resolution",
    "verified_by",
    "description",
)
