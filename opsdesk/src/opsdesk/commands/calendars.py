"""The commands `opsdesk calendars list | show | write | import | publish | withdraw`."""

from pathlib import Path
from typing import Annotated

from typer import Argument, Option, Typer

from opsdesk.api_client import JSON
from opsdesk.commands.console import print_facts, print_line, print_table, run_command
from opsdesk.errors import CliError
from opsdesk.formatting import format_instant, parse_instant
from opsdesk.json_files import JsonFile, read_fields
from opsdesk.session import own_client

app = Typer(
    help="Calendars: which time counts. A later version is published by a second person.",
    no_args_is_help=True,
)

Key = Annotated[str, Argument(help="Its key, or the id of a version.")]


@app.command("list")
def list_() -> None:
    """List all versions, by key."""
    run_command(_list())


@app.command()
def show(calendar: Key) -> None:
    """Show the hours, holidays and exceptions of a version."""
    run_command(_show(calendar))


@app.command()
def write(
    file: JsonFile,
    since: Annotated[
        str | None, Option("--from", help="From when on it holds; by default its publication.")
    ] = None,
) -> None:
    """Write a calendar from a file; of one that exists, the next version."""
    body = read_fields(file)
    times = {} if since is None else {"effective_from": parse_instant(since).isoformat()}
    run_command(_write(body | times))


@app.command("import")
def import_(
    calendar: Key,
    file: Annotated[Path, Argument(help="An iCalendar file (.ics).")],
    timed: Annotated[str, Option(help="Timed events: closed, open or ignored.")] = "closed",
) -> None:
    """Import a list of holidays into the next version of a calendar."""
    run_command(_import(calendar, _read(file), timed))


@app.command()
def publish(calendar: Key) -> None:
    """Publish the proposed version, as another person than its author: agreements follow it."""
    run_command(_act(calendar, "publish"))


@app.command()
def withdraw(calendar: Key) -> None:
    """Withdraw the proposed version: nobody ever follows it."""
    run_command(_act(calendar, "withdraw"))


def _read(file: Path) -> bytes:
    """Read a file. Raises CliError where it cannot be read."""
    try:
        return file.read_bytes()
    except OSError as error:
        raise CliError(f"{file} cannot be read ({error.strerror}).") from None


async def _list() -> None:
    async with own_client() as client:
        versions = [one async for one in client.items("sla", "/v1/calendars")]
    columns = ("calendar", "version", "zone", "state", "holds from", "by", "published by")
    print_table("Calendars", columns, (_row(one) for one in versions))


async def _show(key: str) -> None:
    async with own_client() as client:
        version = await client.get("sla", f"/v1/calendars/{key}")
    definition = version["definition"]
    hours = [
        (day, ", ".join(f"{start}-{end}" for start, end in spans))
        for day, spans in definition["weekly"].items()
    ]
    print_facts(_name(version), [*_facts(version), *hours])
    holidays = sorted(definition.get("holidays", {}).items())
    print_table("Holidays", ("date", "name"), holidays)


async def _write(body: JSON) -> None:
    async with own_client() as client:
        _report(await client.post("sla", "/v1/calendars", body))


async def _import(key: str, content: bytes, timed: str) -> None:
    path, query = f"/v1/calendars/{key}/icalendar", {"timed_events": timed}
    async with own_client() as client:
        _report(await client.post_bytes("sla", path, content, "text/calendar", **query))


async def _act(key: str, act: str) -> None:
    async with own_client() as client:
        _report(await client.post("sla", f"/v1/calendars/{key}/{act}", {}))


def _report(version: JSON) -> None:
    print_line(f"{_name(version)} is {version['state'].replace('_', ' ')}.")
    if version["state"] == "proposed":
        print_line(f"Another person publishes it: opsdesk calendars publish {version['id']}")
    elif version["state"] == "published":
        print_line(f"It holds from {format_instant(version['effective_from'])} on.")


def _name(version: JSON) -> str:
    return f"{version['key']}, version {version['version']}"


def _row(version: JSON) -> tuple[object, ...]:
    own = version["key"], version["version"], version["definition"]["timezone"]
    holds = format_instant(version["effective_from"]) if version["effective_from"] else None
    return *own, version["state"], holds, version["created_by"], version["published_by"]


def _facts(version: JSON) -> list[tuple[str, object]]:
    holds = version["effective_from"] and format_instant(version["effective_from"])
    return [
        ("zone", version["definition"]["timezone"]),
        ("state", version.get("state")),
        ("holds from", holds),
        ("written by", version.get("created_by")),
        ("published by", version.get("published_by")),
    ]
