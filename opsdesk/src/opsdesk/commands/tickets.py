"""`opsdesk tickets list | show | open | reclassify | confirm-classification`."""

from typing import Annotated

from typer import Argument, Option, Typer

from opsdesk.api_client import JSON, Desk
from opsdesk.commands.console import run, say, show, show_facts
from opsdesk.formatting import shown
from opsdesk.session import own_desk

app = Typer(help="Tickets as whoever is logged in sees them.", no_args_is_help=True)
FEW = 50


@app.command("list")
def list_(
    customer: Annotated[str | None, Option(help="The customer's key.")] = None,
    state: Annotated[str | None, Option(help="new, in_progress, waiting, resolved, …")] = None,
    everything: Annotated[bool, Option("--all", help="Also those that are done.")] = False,
) -> None:
    """Show the newest tickets, the open ones unless said otherwise."""
    asked = {"customer": customer, "state": state, "open": None if everything or state else True}
    run(_list({name: value for name, value in asked.items() if value is not None}))


@app.command("show")
def show_(ticket: Annotated[str, Argument(help="Its key, such as OPS-7.")]) -> None:
    """Show a ticket with its messages and clocks."""
    run(_show(ticket))


@app.command("open")
def open_(
    title: Annotated[str, Argument(help="In a few words.")],
    customer: Annotated[
        str | None, Option(help="The customer's key; contacts leave it out.")
    ] = None,
    environment: Annotated[str | None, Option(help="The environment's key.")] = None,
    priority: Annotated[str | None, Option(help="blocker, critical, major, minor, trivial")] = None,
    description: Annotated[str | None, Option(help="What happens, in full.")] = None,
) -> None:
    """Open a ticket."""
    asked = {
        "title": title,
        "customer": customer,
        "environment": environment,
        "priority": priority,
        "description": description,
    }
    run(_open({name: value for name, value in asked.items() if value is not None}))


@app.command("reclassify")
def reclassify(
    ticket: Annotated[str, Argument(help="Its key, such as OPS-7.")],
    reason: Annotated[str, Option(help="Why it is something else.")],
    kind: Annotated[
        str | None, Option(help="incident, service_request, change_request, problem, question")
    ] = None,
    service: Annotated[str | None, Option(help="The service's key.")] = None,
    nature: Annotated[
        str | None,
        Option(help="Of a change request: corrective, adaptive, perfective, preventive."),
    ] = None,
) -> None:
    """Say what a ticket is; it holds once another person confirms it."""
    asked = {"kind": kind, "service": service, "nature": nature, "reason": reason}
    run(_reclassify(ticket, {name: value for name, value in asked.items() if value is not None}))


@app.command("confirm-classification")
def confirm_classification(
    ticket: Annotated[str, Argument(help="Its key, such as OPS-7.")],
    agree: Annotated[bool, Option("--agree/--decline", help="Or leave it as it is.")] = True,
    reason: Annotated[str | None, Option(help="Why.")] = None,
) -> None:
    """Confirm what somebody else says that a ticket is."""
    said = {"agree": agree} | ({"reason": reason} if reason else {})
    run(_confirm_classification(ticket, said))


async def _list(asked: JSON) -> None:
    async with own_desk() as desk:
        page = await desk.get("intake", "/v1/tickets", limit=FEW, **asked)
    columns = ("ticket", "priority", "state", "customer", "environment", "opened", "title")
    show("Tickets", columns, (_row(ticket) for ticket in page["items"]))
    if page["next"]:
        say(f"These are the newest {FEW}; narrow it down by --customer or --state.")


async def _show(ref: str) -> None:
    async with own_desk() as desk:
        ticket = await desk.get("intake", f"/v1/tickets/{ref}")
        show_facts(f"{ticket['key']}: {ticket['title']}", _facts(ticket))
        messages = [one async for one in desk.items("intake", f"/v1/tickets/{ref}/messages")]
        for one in messages:
            say(f"\n{shown(one['at'])}  {one['author']} ({one['direction']}, {one['visibility']})")
            say(one["text"].strip())
        await show_clocks(desk, ticket["key"])


async def _open(asked: JSON) -> None:
    async with own_desk() as desk:
        ticket = await desk.post("intake", "/v1/tickets", asked)
    say(f"{ticket['key']} is open: {ticket['priority']}, {ticket['customer']}.")


async def _reclassify(ref: str, asked: JSON) -> None:
    async with own_desk() as desk:
        ticket = await desk.post("intake", f"/v1/tickets/{ref}/reclassify", asked)
    pending = ticket["correction"]
    if pending is None:
        say(f"{ticket['key']} stays what it is: {_classified(ticket)}.")
        return
    say(f"{ticket['key']} is {_classified(ticket)}; somebody else must confirm that it is")
    say(f"{_classified(_wanted(ticket))}: opsdesk tickets confirm-classification {ticket['key']}")


async def _confirm_classification(ref: str, said: JSON) -> None:
    async with own_desk() as desk:
        address = f"/v1/tickets/{ref}/classification-confirmations"
        ticket = await desk.post("intake", address, said)
    say(f"{ticket['key']} is {_classified(ticket)}.")


def _wanted(ticket: JSON) -> JSON:
    """The ticket as its pending correction says that it is."""
    pending = ticket["correction"]
    return ticket | {name: pending[name] for name in ("kind", "service") if pending[name]}


def _classified(ticket: JSON) -> str:
    """`a question about billing`."""
    kind = str(ticket["kind"]).replace("_", " ")
    return f"{'an' if kind[0] in 'aeiou' else 'a'} {kind} about {ticket['service'] or 'no service'}"


async def show_clocks(desk: Desk, ticket: str) -> None:
    """The clocks of one ticket."""
    clocks = [clock async for clock in desk.items("sla", f"/v1/tickets/{ticket}/clocks")]
    columns = ("clock", "state", "deadline", "outcome")
    show(f"Clocks of {ticket}", columns, (_clock(clock) for clock in clocks))


def _row(ticket: JSON) -> tuple[object, ...]:
    names = ("key", "priority", "state", "customer", "environment")
    return (*(ticket[name] for name in names), shown(ticket["opened_at"]), ticket["title"])


def _clock(clock: JSON) -> tuple[object, ...]:
    return clock["metric"], clock["state"], shown(clock["deadline"]), clock["outcome"]


def _facts(ticket: JSON) -> list[tuple[str, object]]:
    told = [(name.replace("_", " "), ticket[name]) for name in _TOLD]
    times = [(name.replace("_at", ""), ticket[name]) for name in ("opened_at", "resolved_at")]
    if pending := ticket["correction"]:
        words = f"{_classified(_wanted(ticket))}, says {pending['asked_by']}: {pending['reason']}"
        told.append(("to be confirmed", words))
    return [*told, *((name, shown(at)) for name, at in times if at)]


_TOLD = (
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
