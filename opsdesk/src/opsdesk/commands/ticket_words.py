"""The commands that write on a ticket: reply, note, workaround."""

from typing import Annotated

from typer import Argument

from opsdesk.commands.acts import act
from opsdesk.commands.references import Ticket

Text = Annotated[str, Argument(help="The words.")]


def reply(ticket: Ticket, text: Text) -> None:
    """Reply to the customer; as a contact, to us."""
    body = {"text": text, "visibility": "public"}
    act(ticket, "replies", body, lambda _: f"The reply is on {ticket}.")


def note(ticket: Ticket, text: Text) -> None:
    """Write an internal note, which the customer never sees."""
    body = {"text": text, "visibility": "internal"}
    act(ticket, "replies", body, lambda _: f"The note is on {ticket}, for staff alone.")


def workaround(ticket: Ticket, text: Text) -> None:
    """Tell the customer how to go on working until the ticket is resolved."""
    act(ticket, "workaround", {"text": text}, lambda t: f"{t['key']} has a workaround.")
