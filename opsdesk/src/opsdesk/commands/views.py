"""The commands `opsdesk views list | save | delete`: filters of the queue under a name."""

from typing import Annotated

from typer import Argument, Option, Typer

from opsdesk.api_client import JSON, ApiClient
from opsdesk.commands.acts import given
from opsdesk.commands.console import print_line, print_table, run_command
from opsdesk.errors import CliError
from opsdesk.session import own_client

app = Typer(help="Filters of the queue that you keep under a name.", no_args_is_help=True)
Name = Annotated[str, Argument(help="Its name.")]


@app.command("list")
def list_() -> None:
    """List your views, and those that all of us share."""
    run_command(_list())


@app.command()
def save(
    name: Name,
    shared: Annotated[bool, Option("--shared", help="For all of us.")] = False,
    customer: Annotated[str | None, Option(help="The customer's key.")] = None,
    environment: Annotated[str | None, Option(help="The environment's key.")] = None,
    assignee: Annotated[str | None, Option(help="Somebody's account.")] = None,
    team: Annotated[str | None, Option(help="ops, second_level, …")] = None,
    state: Annotated[str | None, Option(help="new, in_progress, on_hold, …")] = None,
    priority: Annotated[str | None, Option(help="blocker, critical, …")] = None,
    kind: Annotated[str | None, Option(help="incident, question, …")] = None,
    mine: Annotated[bool, Option("--mine", help="Those of whoever reads it.")] = False,
    unassigned: Annotated[bool, Option("--unassigned", help="Those of nobody.")] = False,
    breached: Annotated[bool, Option("--breached", help="Whose promise is broken.")] = False,
) -> None:
    """Save a view of the queue: opsdesk queue --view NAME shows it."""
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
    )
    run_command(_save({"name": name, "shared": shared, "query": query}))


@app.command()
def delete(name: Name) -> None:
    """Delete one of your views."""
    run_command(_delete(name))


async def find_view(client: ApiClient, name: str) -> JSON:
    """Return the view of this name, the user's own before a shared one. Raises CliError."""
    found = [one async for one in client.items("intake", "/v1/views") if one["name"] == name]
    if not found:
        raise CliError(f"There is no view {name!r}; see: opsdesk views list")
    return min(found, key=lambda view: bool(view["shared"]))


async def _list() -> None:
    async with own_client() as client:
        found = [one async for one in client.items("intake", "/v1/views")]
    rows = (
        (one["name"], one["owner_name"] or one["owner"], _yes(one["shared"]), _words(one["query"]))
        for one in found
    )
    print_table("Views", ("name", "of", "shared", "shows"), rows)


async def _save(body: JSON) -> None:
    async with own_client() as client:
        view = await client.post("intake", "/v1/views", body)
    print_line(f"Saved: opsdesk queue --view {view['name']!r}")


async def _delete(name: str) -> None:
    async with own_client() as client:
        view = await find_view(client, name)
        await client.delete("intake", f"/v1/views/{view['id']}")
    print_line(f"The view {name!r} is deleted.")


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def _words(query: JSON) -> str:
    return ", ".join(f"{name}: {value}" for name, value in query.items()) or "everything open"
