"""The commands that hand a ticket over, and back: forward, hand-back."""

from typing import Annotated

from typer import Argument, Option

from opsdesk.api_client import JSON
from opsdesk.commands.acts import act, given
from opsdesk.commands.references import Ticket


def forward(
    ticket: Ticket,
    seen: Annotated[str, Option(help="What was seen.")],
    tried: Annotated[str, Option(help="What was tried.")],
    to: Annotated[str, Option(help="second_level or partner")] = "second_level",
    partner: Annotated[str | None, Option(help="The partner's key; with --to partner.")] = None,
    excluded: Annotated[str | None, Option(help="What can be excluded.")] = None,
) -> None:
    """Forward a ticket to second level or a partner, with a hand-over record."""
    body = given(to=to, partner=partner, seen=seen, tried=tried, excluded=excluded)
    act(ticket, "forward", body, lambda t: f"{t['key']} is with {_holder(t)}.")


def hand_back(
    ticket: Ticket, found: Annotated[str, Argument(help="What was found; for staff alone.")]
) -> None:
    """Hand a forwarded ticket back to first level."""
    act(ticket, "hand-back", {"found": found}, lambda t: f"{t['key']} is back at first level.")


def _holder(ticket: JSON) -> str:
    return str(ticket["partner"] or ticket["forwarded_to"]).replace("_", " ")
