"""The commands about priorities: prioritise, confirm-priority, confirm-blocker."""

from typing import Annotated

from typer import Argument, Option

from opsdesk.api_client import JSON
from opsdesk.commands.acts import act, given
from opsdesk.commands.references import Ticket


def prioritise(
    ticket: Ticket,
    reason: Annotated[str, Option(help="Why.")],
    priority: Annotated[
        str | None, Argument(help="blocker, critical, major, minor, trivial")
    ] = None,
    impact: Annotated[str | None, Option(help="Instead, with --urgency: high, medium, low")] = None,
    urgency: Annotated[str | None, Option(help="With --impact: high, medium, low")] = None,
) -> None:
    """Set the priority. A lower one waits until another person confirms it."""
    body = given(priority=priority, impact=impact, urgency=urgency, reason=reason)
    act(ticket, "prioritise", body, _prioritised)


def confirm_priority(
    ticket: Ticket,
    agree: Annotated[bool, Option("--agree/--decline", help="Whether to confirm it.")] = True,
    reason: Annotated[str | None, Option(help="Why.")] = None,
) -> None:
    """Confirm or decline the lower priority that somebody else asked for."""
    body = given(agree=agree, reason=reason)
    act(ticket, "priority/confirm", body, lambda t: f"{t['key']} is {t['priority']}.")


def confirm_blocker(
    ticket: Ticket, reason: Annotated[str | None, Option(help="Why.")] = None
) -> None:
    """Confirm that a contact's ticket is a blocker."""
    act(ticket, "blocker/confirm", given(reason=reason), lambda t: f"{t['key']} is a blocker.")


def _prioritised(ticket: JSON) -> str:
    key, pending = ticket["key"], ticket["pending_downgrade"]
    if pending is None:
        return f"{key} is {ticket['priority']}."
    return f"{key} stays {ticket['priority']} until somebody else confirms {pending['priority']}: opsdesk confirm-priority {key}"
