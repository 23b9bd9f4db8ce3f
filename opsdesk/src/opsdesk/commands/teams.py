"""The commands `opsdesk teams list | create | change`."""

from typing import Annotated

from typer import Argument, Option, Typer

from opsdesk import json_output
from opsdesk.api_client import JSON
from opsdesk.commands.console import print_line, print_table, run_command
from opsdesk.errors import CliError
from opsdesk.session import own_client

app = Typer(help="Teams to which tickets are assigned.", no_args_is_help=True)

Team = Annotated[str, Argument(help="The team's key, such as databases.")]
People = Annotated[list[str] | None, Option(help="Somebody's account; may be repeated.")]


@app.command("list")
def list_() -> None:
    """List teams with their members; those that are roles have everybody with the role."""
    run_command(_list())


@app.command("create")
def create(
    team: Team,
    name: Annotated[str, Option(help="What people call it.")],
    member: People = None,
) -> None:
    """Create a team."""
    run_command(_create({"key": team, "name": name, "members": member or []}))


@app.command("change")
def change(
    team: Team,
    name: Annotated[str | None, Option(help="Another name.")] = None,
    add: People = None,
    remove: People = None,
) -> None:
    """Change the name of a team, or who is in it; whoever is not named stays."""
    run_command(_change(team, name, add or [], remove or []))


async def _list() -> None:
    async with own_client() as client:
        teams = [one async for one in client.items("intake", "/v1/teams")]
    rows = ((one["key"], one["name"], _members(one)) for one in teams)
    print_table("Teams", ("team", "name", "members"), rows)


async def _create(body: JSON) -> None:
    async with own_client() as client:
        team = await client.post("intake", "/v1/teams", body)
    print_line(f"{team['key']} is a team: {_members(team)}")


async def _change(key: str, name: str | None, add: list[str], remove: list[str]) -> None:
    if name is None and not add and not remove:
        raise CliError("Say what to change: --name, --add, --remove.")
    path = f"/v1/teams/{key}"
    async with own_client() as client:
        before = await client.get("intake", path)
        if strangers := sorted(set(remove) - set(before["members"])):
            raise CliError(f"{', '.join(strangers)} is not in {key}: opsdesk teams list")
        members = [one for one in dict.fromkeys((*before["members"], *add)) if one not in remove]
        team = await client.put(
            "intake", path, {"name": name or before["name"], "members": members}
        )
    json_output.emit(team)
    print_line(f"{team['key']} is changed: {_members(team)}")


def _members(team: JSON) -> str:
    return ", ".join(team["members"]) or "nobody"
