"""The commands `opsdesk work list | record | correct`."""

from datetime import datetime
from typing import Annotated

from typer import Argument, Option, Typer

from common.now import now
from opsdesk.api_client import JSON
from opsdesk.commands.console import print_line, print_table, run_command
from opsdesk.formatting import format_instant, local_zone
from opsdesk.session import own_client

app = Typer(help="Work on tickets, by which reserved hours are used.", no_args_is_help=True)
DEFAULT_LIMIT = 50


@app.command("list")
def list_(ticket: Annotated[str | None, Option(help="Of one ticket, by key.")] = None) -> None:
    """List time entries; corrections are entries of their own."""
    run_command(_list({} if ticket is None else {"ticket": ticket}))


@app.command()
def record(
    ticket: Annotated[str, Argument(help="By key: OPS-1042.")],
    minutes: Annotated[int, Argument(help="How long it took.")],
    day: Annotated[
        datetime | None, Option(formats=["%Y-%m-%d"], help="The date; by default today.")
    ] = None,
    person: Annotated[str | None, Option(help="Who worked, by sub; by default you.")] = None,
    rate: Annotated[str | None, Option(help="A name in the rate card.")] = None,
) -> None:
    """Record work on a ticket."""
    given = {"person": person, "rate": rate}
    body: JSON = {name: value for name, value in given.items() if value is not None}
    run_command(_record(body | {"ticket": ticket, "minutes": minutes}, day))


@app.command()
def correct(
    entry: Annotated[str, Argument(help="Its key, such as WRK-7.")],
    minutes: Annotated[int, Argument(help="The right number; 0: no time was spent.")],
    reason: Annotated[str, Argument(help="What was wrong, for the record.")],
) -> None:
    """Correct a time entry: the first one stays beside the difference."""
    run_command(_correct(entry, {"minutes": minutes, "reason": reason}))


async def _list(query: JSON) -> None:
    async with own_client() as client:
        page = await client.get("sla", "/v1/time-entries", limit=DEFAULT_LIMIT, **query)
    columns = ("entry", "day", "who", "minutes", "rate", "by", "at", "reason")
    print_table("Work", columns, (_row(one) for one in page["items"]))
    if page["next"]:
        print_line(f"These are the first {DEFAULT_LIMIT}; narrow it down by --ticket.")


async def _record(body: JSON, day: datetime | None) -> None:
    async with own_client() as client:
        worked_on = (day or now().astimezone(local_zone())).date().isoformat()
        entry = await client.post("sla", "/v1/time-entries", body | {"day": worked_on})
    print_line(f"{entry['key']}: {entry['minutes']} minutes on {body['ticket']}, {entry['day']}.")


async def _correct(key: str, body: JSON) -> None:
    async with own_client() as client:
        entry = await client.post("sla", f"/v1/time-entries/{key}/corrections", body)
    print_line(f"{entry['key']}: {key} is corrected by {entry['minutes']:+} minutes.")


def _row(entry: JSON) -> tuple[object, ...]:
    own = entry["key"], entry["day"], entry["person"], entry["minutes"], entry["rate"]
    return *own, entry["created_by"], format_instant(entry["created_at"]), entry["reason"]
