"""The commands that hand a ticket over, and back: forward, hand-back."""

from typing import Annotated

from typer import Argument, Option

from opsdesk.api_client import JSON
from opsdesk.commands.acts import act, given
from opsdesk.commands.references import Ticket
from opsdesk.formatting import parse_instant


def forward(
    ticket: Ticket,
    seen: Annotated[str, Option(help="What was seen.")],
    tried: Annotated[str, Option(help="What was tried.")],
    excluded: Annotated[str, Option(help="What can be excluded.")],
    asked: Annotated[str, Option(help="What they are asked to do.")],
    due_at: Annotated[
        str, Option(help="By when, such as 2026-03-02T17:00; without an offset in your own zone.")
    ],
    to: Annotated[str, Option(help="second_level or partner")] = "second_level",
    partner: Annotated[str | None, Option(help="The partner's key; with --to partner.")] = None,
) -> None:
    """Forward a ticket to second level or a partner, with a hand-over record."""
    body = given(to=to, partner=partner, seen=seen, tried=tried, excluded=excluded, asked=asked)
    body["due_at"] = parse_instant(due_at).isoformat()
    act(ticket, "forward", body, lambda t: f"{t['key']} is with {_holder(t)}.")


def hand_back(
    ticket: Ticket,
    found: Annotated[str, Argument(help="What was found; for staff alone.")],
    fixed: Annotated[
        bool, Option(help="It works now: another person checks that before it is resolved.")
    ] = False,
) -> None:
    """Hand a forwarded ticket back to first level."""
    body = {"found": found, "fixed": fixed}
    act(ticket, "hand-back", body, lambda t: f"{t['key']} is back at first level.")


def _holder(ticket: JSON) -> str:
    return str(ticket["partner"] or ticket["forwarded_to"]).replace("_", " ")
