"""The command `opsdesk reads`: who of us has read personal data."""

from typing import Annotated

from typer import Option

from opsdesk import json_output
from opsdesk.commands.console import print_table, run_command
from opsdesk.commands.references import ticket_ref
from opsdesk.formatting import format_instant
from opsdesk.session import own_client


def reads(
    ticket: Annotated[
        str | None,
        Option(help="Of this ticket, by key or id.", parser=ticket_ref, metavar="TICKET"),
    ] = None,
    contact: Annotated[str | None, Option(help="Of this contact, by id.")] = None,
    email: Annotated[str | None, Option(help="Of this mail, by id.")] = None,
    who: Annotated[str | None, Option(help="By this person.")] = None,
    limit: Annotated[int, Option(min=1, max=200, help="How many, at most.")] = 50,
) -> None:
    """Show who of us has read the personal data of a ticket, contact or mail, the newest hour first."""
    given = {"ticket": ticket, "contact": contact, "email": email, "who": who}
    run_command(_reads({name: value for name, value in given.items() if value}, limit))


async def _reads(query: dict[str, str], limit: int) -> None:
    async with own_client() as client:
        page = await client.get("intake", "/v1/reads", limit=limit, **query)
    json_output.emit(page)
    rows = (
        (format_instant(one["hour"]), one["name"] or one["who"], one["key"] or one["subject"])
        for one in page["items"]
    )
    print_table("Read within the hour from", ("hour", "who", "what"), rows)
