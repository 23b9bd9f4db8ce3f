"""Tickets as people name them: `OPS-1021`, `ops-1021` or `1021`."""

from typing import Annotated, TypeAlias

from typer import Argument

TICKET_HELP = "Its key, such as OPS-1021, or 1021."


def ticket_ref(text: str) -> str:
    """Return the key of a ticket that is named by its number alone; anything else unchanged."""
    words = text.strip()
    return f"OPS-{words}" if words.isdigit() else words.upper() if words[:4] == "ops-" else words


Ticket: TypeAlias = Annotated[str, Argument(help=TICKET_HELP, parser=ticket_ref, metavar="TICKET")]
