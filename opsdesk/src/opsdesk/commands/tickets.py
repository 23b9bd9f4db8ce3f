"""The commands about a ticket as a whole: list, show, history, open, phone, reclassify and its confirmation."""

from typing import Annotated

from typer import Argument, Option, Typer

from opsdesk import json_output
from opsdesk.api_client import JSON, ApiClient
from opsdesk.commands.acts import given
from opsdesk.commands.console import print_facts, print_line, print_table, run_command
from opsdesk.commands.references import Ticket
from opsdesk.formatting import format_instant, parse_instant
from opsdesk.session import own_client

app = Typer(help="Tickets.", no_args_is_help=True)
DEFAULT_LIMIT = 50

Title = Annotated[str, Argument(help="The title.")]
CustomerKey = Annotated[str | None, Option(help="The customer's key; contacts leave it out.")]
Environment = Annotated[str | None, Option(help="The environment's key.")]
Service = Annotated[str | None, Option(help="The service's key.")]
Priority = Annotated[str | None, Option(help="blocker, critical, major, minor, trivial")]
Level = Annotated[str | None, Option(help="In place of a priority: high, medium, low")]
Kind = Annotated[
    str | None, Option(help="incident, service_request, change_request, problem, question")
]
Nature = Annotated[
    str | None, Option(help="Of a change request: corrective, adaptive, perfective, preventive.")
]
Description = Annotated[str | None, Option(help="The description.")]


@app.command("list")
def list_(
    customer: Annotated[str | None, Option(help="The customer's key.")] = None,
    state: Annotated[str | None, Option(help="new, in_progress, on_hold, resolved, …")] = None,
    everything: Annotated[bool, Option("--all", help="Closed ones, too.")] = False,
) -> None:
    """List the newest tickets, by default the open ones."""
    query = {"customer": customer, "state": state, "open": None if everything or state else True}
    run_command(_list({name: value for name, value in query.items() if value is not None}))


def show_(ticket: Ticket) -> None:
    """Show a ticket with its messages, its clocks, and what you may do now."""
    run_command(_show(ticket))


def history(ticket: Ticket) -> None:
    """Show who did what to a ticket."""
    run_command(_history(ticket))


def open_(
    title: Title,
    customer: CustomerKey = None,
    environment: Environment = None,
    service: Service = None,
    priority: Priority = None,
    impact: Level = None,
    urgency: Level = None,
    kind: Kind = None,
    nature: Nature = None,
    description: Description = None,
) -> None:
    """Open a ticket."""
    body = given(
        title=title,
        customer=customer,
        environment=environment,
        service=service,
        priority=priority,
        impact=impact,
        urgency=urgency,
        kind=kind,
        nature=nature,
        description=description,
    )
    run_command(_open(body))


def phone(
    title: Title,
    customer: CustomerKey,
    opened_at: Annotated[
        str | None,
        Option(help="When they called, if not now: 2027-03-26T15:30. Clocks run from then."),
    ] = None,
    environment: Environment = None,
    service: Service = None,
    priority: Priority = None,
    kind: Kind = None,
    description: Description = None,
) -> None:
    """Write down a call as a ticket."""
    body = given(
        title=title,
        customer=customer,
        environment=environment,
        service=service,
        priority=priority,
        kind=kind,
        description=description,
        opened_at=opened_at and parse_instant(opened_at).isoformat(),
    )
    run_command(_open(body | {"channel": "phone"}))


def reclassify(
    ticket: Ticket,
    reason: Annotated[str, Option(help="Why it has to be corrected.")],
    kind: Kind = None,
    service: Service = None,
    nature: Nature = None,
) -> None:
    """Request a correction of kind or service; another person has to confirm it."""
    body = given(kind=kind, service=service, nature=nature, reason=reason)
    run_command(_reclassify(ticket, body))


def confirm_classification(
    ticket: Ticket,
    agree: Annotated[bool, Option("--agree/--decline", help="Whether to confirm it.")] = True,
    reason: Annotated[str | None, Option(help="Why.")] = None,
) -> None:
    """Confirm or decline a correction that somebody else requested."""
    run_command(_confirm_classification(ticket, given(agree=agree, reason=reason)))


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
        for message in messages:
            _print_message(message)
        clocks = await show_clocks(client, ticket["key"])
    if acts := [one["act"] for one in ticket.get("allowed", ()) if one["possible"]]:
        print_line(f"You may: {', '.join(acts).replace('_', '-')}")
    json_output.emit(ticket | {"messages": messages, "clocks": clocks})


def _print_message(message: JSON) -> None:
    author = message.get("author_name") or message["author"]
    side = f"{message['direction']}, {message['visibility']}"
    print_line(f"\n{format_instant(message['at'])}  {author} ({side})")
    print_line(message["text"].strip())
    for line in mail_lines(message):
        print_line(line)


async def _history(ref: str) -> None:
    async with own_client() as client:
        entries = [one async for one in client.items("intake", f"/v1/tickets/{ref}/history")]
    json_output.emit({"items": entries})
    rows = ((format_instant(one["at"]), one["words"]) for one in entries)
    print_table(f"What happened to {ref}", ("at", "what"), rows)


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
    times = [(name.replace("_at", ""), ticket[name]) for name in ("opened_at", "resolved_at")]
    if pending := ticket.get("pending_downgrade"):
        words = f"{pending['priority']}, says {_named(pending['requested_by'], names)}: {pending['reason']}"
        fields.append(("priority to be confirmed", words))
    if pending := ticket.get("pending_reclassification"):
        words = f"{_classification(_pending_classification(ticket))}, says {pending['requested_by']}: {pending['reason']}"
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
