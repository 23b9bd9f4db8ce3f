"""The commands `opsdesk queue | search`: what is to be done next, and where something stood."""

from typing import Annotated

from typer import Argument, Option

from opsdesk import json_output
from opsdesk.api_client import JSON, ApiClient
from opsdesk.commands.acts import given
from opsdesk.commands.console import print_line, print_table, run_command
from opsdesk.commands.views import find_view
from opsdesk.formatting import format_instant, parse_instant
from opsdesk.session import own_client

DEFAULT_LIMIT = 50
Customer = Annotated[str | None, Option(help="The customer's key.")]
Environment = Annotated[str | None, Option(help="The environment's key.")]
Priority = Annotated[str | None, Option(help="blocker, critical, major, minor, trivial")]
Kind = Annotated[
    str | None, Option(help="incident, service_request, change_request, problem, question")
]


def queue(
    customer: Customer = None,
    environment: Environment = None,
    assignee: Annotated[str | None, Option(help="Somebody's account, such as omar.")] = None,
    team: Annotated[str | None, Option(help="ops, second_level, …")] = None,
    state: Annotated[str | None, Option(help="new, in_progress, on_hold, forwarded, …")] = None,
    priority: Priority = None,
    kind: Kind = None,
    mine: Annotated[bool, Option("--mine", help="Those assigned to you.")] = False,
    unassigned: Annotated[bool, Option("--unassigned", help="Those of nobody.")] = False,
    breached: Annotated[bool, Option("--breached", help="Whose promise is broken.")] = False,
    needs_triage: Annotated[bool, Option("--needs-triage", help="Of unknown senders.")] = False,
    due_before: Annotated[str | None, Option(help="Due before this: 2027-03-26T15:30.")] = None,
    view: Annotated[str | None, Option(help="A saved view, by name (`opsdesk views`).")] = None,
    limit: Annotated[int, Option(min=1, max=200, help="How many.")] = DEFAULT_LIMIT,
) -> None:
    """Show open tickets in the order in which promises break."""
    query = given(
        customer=customer,
        environment=environment,
        assignee=assignee,
        team=team,
        state=state,
        priority=priority,
        kind=kind,
        mine=mine or None,
        assigned=False if unassigned else None,
        breached=breached or None,
        needs_triage=needs_triage or None,
        due_before=due_before and parse_instant(due_before).isoformat(),
    )
    run_command(_queue(query, view, limit))


def search(
    words: Annotated[
        list[str], Argument(help='All of these; "\\"in this order\\"", this or that, -without.')
    ],
    customer: Customer = None,
    priority: Priority = None,
    kind: Kind = None,
    state: Annotated[str | None, Option(help="new, resolved, closed, …")] = None,
    open_only: Annotated[bool, Option("--open", help="Only those still open.")] = False,
    limit: Annotated[int, Option(min=1, max=200, help="How many.")] = DEFAULT_LIMIT,
) -> None:
    """Search tickets by words in title, description, messages or resolution; the newest first."""
    query = given(q=" ".join(words), customer=customer, priority=priority, kind=kind, state=state)
    run_command(_search(query | ({"open": True} if open_only else {}), limit))


async def _queue(query: JSON, view: str | None, limit: int) -> None:
    async with own_client() as client:
        if view is not None:
            query = (await find_view(client, view))["query"] | query
        await print_queue(client, "Queue", query, limit)


async def print_queue(client: ApiClient, title: str, query: JSON, limit: int) -> None:
    """Print the first tickets of the queue that fit the query."""
    page = await client.get("intake", "/v1/queue", limit=limit, **query)
    json_output.emit(page)
    columns = ("ticket", "due", "promise", "priority", "state", "customer", "assignee", "title")
    print_table(title, columns, (_row(ticket) for ticket in page["items"]))
    if page["next"]:
        print_line(f"These are the first {limit}; narrow it down, or ask for more with --limit.")


async def _search(query: JSON, limit: int) -> None:
    async with own_client() as client:
        page = await client.get("intake", "/v1/tickets", limit=limit, **query)
    json_output.emit(page)
    columns = ("ticket", "priority", "state", "customer", "opened", "title")
    names = ("key", "priority", "state", "customer")
    rows = (
        (*(one[name] for name in names), format_instant(one["opened_at"]), one["title"])
        for one in page["items"]
    )
    print_table("Found", columns, rows)
    if not page["items"]:
        print_line("Nothing has all of these words; try fewer, or `this or that`.")


def _row(ticket: JSON) -> tuple[object, ...]:
    promise = ticket["next_promise"]
    names = ("priority", "state", "customer")
    return (
        ticket["key"],
        "-" if promise is None else _due(promise),
        "-" if promise is None else _promise(promise),
        *(ticket[name] for name in names),
        ticket["assignee_name"] or ticket["assignee"],
        ticket["title"],
    )


def _due(promise: JSON) -> str:
    if promise["due_at"] is None:
        return "paused"
    return f"{'BROKEN ' if promise['is_breached'] else ''}{format_instant(promise['due_at'])}"


def _promise(promise: JSON) -> str:
    suppliers = {"sla": "", "ola": " (second level)", "uc": f" ({promise['partner']})"}
    return f"{promise['metric'].replace('_', ' ')}{suppliers[promise['contract']]}"
