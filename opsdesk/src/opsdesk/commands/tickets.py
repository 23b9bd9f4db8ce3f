"""The commands `opsdesk tickets list | show | open | reclassify | confirm-classification`."""

from typing import Annotated

from typer import Argument, Option, Typer

from opsdesk.api_client import JSON, ApiClient
from opsdesk.commands.console import print_facts, print_line, print_table, run_command
from opsdesk.formatting import format_instant
from opsdesk.session import own_client

app = Typer(help="Tickets.", no_args_is_help=True)
DEFAULT_LIMIT = 50


@app.command("list")
def list_(
    customer: Annotated[str | None, Option(help="The customer's key.")] = None,
    state: Annotated[str | None, Option(help="new, in_progress, on_hold, resolved, …")] = None,
    everything: Annotated[bool, Option("--all", help="Closed ones, too.")] = False,
) -> None:
    """List the newest tickets, by default the open ones."""
    query = {"customer": customer, "state": state, "open": None if everything or state else True}
    run_command(_list({name: value for name, value in query.items() if value is not None}))


@app.command("show")
def show_(ticket: Annotated[str, Argument(help="Its key, such as OPS-7.")]) -> None:
    """Show a ticket with its messages and clocks."""
    run_command(_show(ticket))


@app.command("open")
def open_(
    title: Annotated[str, Argument(help="The title.")],
    customer: Annotated[
        str | None, Option(help="The customer's key; contacts leave it out.")
    ] = None,
    environment: Annotated[str | None, Option(help="The environment's key.")] = None,
    priority: Annotated[str | None, Option(help="blocker, critical, major, minor, trivial")] = None,
    description: Annotated[str | None, Option(help="The description.")] = None,
) -> None:
    """Open a ticket."""
    body = {
        "title": title,
        "customer": customer,
        "environment": environment,
        "priority": priority,
        "description": description,
    }
    run_command(_open({name: value for name, value in body.items() if value is not None}))


@app.command("reclassify")
def reclassify(
    ticket: Annotated[str, Argument(help="Its key, such as OPS-7.")],
    reason: Annotated[str, Option(help="Why it has to be corrected.")],
    kind: Annotated[
        str | None, Option(help="incident, service_request, change_request, problem, question")
    ] = None,
    service: Annotated[str | None, Option(help="The service's key.")] = None,
    nature: Annotated[
        str | None,
        Option(help="Of a change request: corrective, adaptive, perfective, preventive."),
    ] = None,
) -> None:
    """Request a correction of kind or service; another person has to confirm it."""
    body = {"kind": kind, "service": service, "nature": nature, "reason": reason}
    run_command(
        _reclassify(ticket, {name: value for name, value in body.items() if value is not None})
    )


@app.command("confirm-classification")
def confirm_classification(
    ticket: Annotated[str, Argument(help="Its key, such as OPS-7.")],
    agree: Annotated[bool, Option("--agree/--decline", help="Whether to confirm it.")] = True,
    reason: Annotated[str | None, Option(help="Why.")] = None,
) -> None:
    """Confirm or decline a correction that somebody else requested."""
    body = {"agree": agree} | ({"reason": reason} if reason else {})
    run_command(_confirm_classification(ticket, body))


async def _list(query: JSON) -> None:
    async with own_client() as client:
        page = await client.get("intake", "/v1/tickets", limit=DEFAULT_LIMIT, **query)
    columns = ("ticket", "priority", "state", "customer", "environment", "opened", "title")
    print_table("Tickets", columns, (_row(ticket) for ticket in page["items"]))
    if page["next"]:
        print_line(
            f"These are the newest {DEFAULT_LIMIT}; narrow it down by --customer or --state."
        )


async def _show(ref: str) -> None:
    async with own_client() as client:
        ticket = await client.get("intake", f"/v1/tickets/{ref}")
        print_facts(f"{ticket['key']}: {ticket['title']}", _facts(ticket))
        messages = [one async for one in client.items("intake", f"/v1/tickets/{ref}/messages")]
        for one in messages:
            print_line(
                f"\n{format_instant(one['at'])}  {one['author']} ({one['direction']}, {one['visibility']})"
            )
            print_line(one["text"].strip())
            for line in mail_lines(one):
                print_line(line)
        await show_clocks(client, ticket["key"])


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


async def _open(body: JSON) -> None:
    async with own_client() as client:
        ticket = await client.post("intake", "/v1/tickets", body)
    print_line(f"{ticket['key']} is open: {ticket['priority']}, {ticket['customer']}.")


async def _reclassify(ref: str, body: JSON) -> None:
    async with own_client() as client:
        ticket = await client.post("intake", f"/v1/tickets/{ref}/reclassify", body)
    pending = ticket["pending_reclassification"]
    if pending is None:
        print_line(f"{ticket['key']} stays what it is: {_classification(ticket)}.")
        return
    print_line(
        f"{ticket['key']} is {_classification(ticket)}; somebody else must confirm that it is"
    )
    print_line(
        f"{_classification(_pending_classification(ticket))}: opsdesk tickets confirm-classification {ticket['key']}"
    )


async def _confirm_classification(ref: str, body: JSON) -> None:
    async with own_client() as client:
        address = f"/v1/tickets/{ref}/classification/confirm"
        ticket = await client.post("intake", address, body)
    print_line(f"{ticket['key']} is {_classification(ticket)}.")


def _pending_classification(ticket: JSON) -> JSON:
    """Return the ticket with its pending correction."""
    pending = ticket["pending_reclassification"]
    return ticket | {name: pending[name] for name in ("kind", "service") if pending[name]}


def _classification(ticket: JSON) -> str:
    """Describe kind and service: `a question about billing`."""
    kind = str(ticket["kind"]).replace("_", " ")
    return f"{'an' if kind[0] in 'aeiou' else 'a'} {kind} about {ticket['service'] or 'no service'}"


async def show_clocks(client: ApiClient, ticket: str) -> None:
    """Print the clocks of a ticket."""
    clocks = (await client.get("sla", f"/v1/tickets/{ticket}/clocks"))["items"]
    columns = ("clock", "state", "deadline", "outcome")
    print_table(f"Clocks of {ticket}", columns, (_clock_row(clock) for clock in clocks))


def _row(ticket: JSON) -> tuple[object, ...]:
    names = ("key", "priority", "state", "customer", "environment")
    return (*(ticket[name] for name in names), format_instant(ticket["opened_at"]), ticket["title"])


def _clock_row(clock: JSON) -> tuple[object, ...]:
    return clock["metric"], clock["state"], format_instant(clock["deadline"]), clock["outcome"]


def _facts(ticket: JSON) -> list[tuple[str, object]]:
    fields = [(name.replace("_", " "), ticket[name]) for name in _SHOWN_FIELDS]
    times = [(name.replace("_at", ""), ticket[name]) for name in ("opened_at", "resolved_at")]
    if pending := ticket["pending_reclassification"]:
        words = f"{_classification(_pending_classification(ticket))}, says {pending['requested_by']}: {pending['reason']}"
        fields.append(("to be confirmed", words))
    return [*fields, *((name, format_instant(at)) for name, at in times if at)]


_SHOWN_FIELDS = (
    "state",
    "priority",
    "kind",
    "service",
    "customer",
    "environment",
    "channel",
    "assignee",
    "resolved_by",
    "resolution",
    "verified_by",
    "description",
)
