"""The commands that write on a ticket: reply, note, workaround."""

from collections.abc import Mapping
from typing import Annotated, Any

from typer import Argument

from opsdesk.commands.acts import act
from opsdesk.commands.messages import describe_findings
from opsdesk.commands.references import Ticket

Text = Annotated[str, Argument(help="The words.")]


def reply(ticket: Ticket, text: Text) -> None:
    """Reply to the customer; as a contact, to us. What was found in it is told."""
    body = {"text": text, "visibility": "public"}
    act(ticket, "replies", body, lambda sent: _describe_reply(ticket, sent))


def note(ticket: Ticket, text: Text) -> None:
    """Write an internal note, which the customer never sees."""
    body = {"text": text, "visibility": "internal"}
    act(ticket, "replies", body, lambda _: f"The note is on {ticket}, for staff alone.")


def workaround(ticket: Ticket, text: Text) -> None:
    """Tell the customer how to go on working until the ticket is resolved."""
    act(ticket, "workaround", {"text": text}, lambda t: f"{t['key']} has a workaround.")


def _describe_reply(ticket: str, sent: Mapping[str, Any]) -> str:
    return "\n".join([f"The reply is on {ticket}.", *describe_findings(sent.get("findings"))])
