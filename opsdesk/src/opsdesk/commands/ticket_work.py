"""The commands that move a ticket: assign, wait, resume, resolve, verify, reject, close, reopen, merge, triage."""

from typing import Annotated

from typer import Argument, Option, prompt

from opsdesk.api_client import JSON
from opsdesk.commands.acts import act, act_at, given
from opsdesk.commands.console import is_terminal
from opsdesk.commands.references import TICKET_HELP, Ticket, ticket_ref
from opsdesk.formatting import format_instant, parse_instant

Reason = Annotated[str, Option(help="Why.")]
OptionalReason = Annotated[str | None, Option(help="Why, for the record.")]


def assign(
    ticket: Ticket,
    person: Annotated[str, Argument(help="Their account, such as omar.")],
    team: Annotated[str | None, Option(help="Their team: ops, second_level, …")] = None,
) -> None:
    """Assign a ticket to somebody."""
    body = given(to=person, team=team)
    act(ticket, "assign", body, lambda t: f"{t['key']} is assigned to {t['assignee']}.")


def tag(
    ticket: Ticket,
    tags: Annotated[
        list[str] | None, Argument(help="All that it shall have; none takes them off.")
    ] = None,
) -> None:
    """Set the tags of a ticket, in place of those that it had."""
    act(
        ticket,
        "tags",
        {"tags": tags or []},
        lambda t: f"{t['key']} has the tags {', '.join(t['tags']) or 'none'}.",
    )


def wait(
    ticket: Ticket,
    reason: Reason,
    on: Annotated[str, Option(help="customer, partner, second_level or date")] = "customer",
    until: Annotated[
        str | None, Option(help="The date to wait for, as 2030-01-07T09:00+01:00; it goes on then.")
    ] = None,
    question: Annotated[
        str | None, Option(help="To the customer: sent with it. Their clock pauses for an answer.")
    ] = None,
) -> None:
    """Put a ticket on hold. Waiting for the customer needs a question that they can see."""
    instant = until and parse_instant(until).isoformat()
    body = given(
        waiting_on="date" if until else on, until=instant, reason=reason, question=question
    )
    act(ticket, "hold", body, lambda t: f"{t['key']} waits for {_awaited(t)}.")


def _awaited(ticket: JSON) -> str:
    until = ticket.get("waiting_until")
    return format_instant(until) if until else _words(ticket["waiting_on"])


def resume(ticket: Ticket, reason: OptionalReason = None) -> None:
    """Go on with a ticket that is on hold."""
    act(ticket, "resume", given(reason=reason), lambda t: f"{t['key']} is {_words(t['state'])}.")


def resolve(
    ticket: Ticket,
    resolution: Annotated[str, Argument(help="What solved it; the customer can read it.")],
) -> None:
    """Resolve a ticket. Another person has to verify it."""
    act(
        ticket,
        "resolve",
        {"resolution": resolution},
        lambda t: f"{t['key']} is resolved; somebody else verifies it: opsdesk verify {t['key']}",
    )


def verify(
    ticket: Ticket,
    checked: Annotated[
        str | None,
        Option("--checked", "--reason", help="What you checked, for the record; a terminal asks."),
    ] = None,
) -> None:
    """Verify what somebody else resolved, and say what you checked: it stays in the history."""
    reason = checked or _ask_what_was_checked()
    act(
        ticket,
        "verify",
        given(reason=reason),
        lambda t: f"{t['key']} is verified; close it: opsdesk close {t['key']}",
    )


def _ask_what_was_checked() -> str | None:
    """Ask whoever sits at a terminal, until they say it; a script is not asked."""
    return str(prompt("What did you check", err=True)) if is_terminal() else None


def reject(ticket: Ticket, reason: Reason) -> None:
    """Reject what somebody else resolved: the ticket is open again."""
    act(ticket, "reject", {"reason": reason}, lambda t: f"{t['key']} is open again.")


def close(ticket: Ticket, reason: OptionalReason = None) -> None:
    """Close a verified ticket."""
    act(ticket, "close", given(reason=reason), lambda t: f"{t['key']} is closed.")


def reopen(ticket: Ticket, reason: Reason) -> None:
    """Open a ticket again that is resolved, verified or closed."""
    act(ticket, "reopen", {"reason": reason}, lambda t: f"{t['key']} is open again.")


def merge(
    ticket: Ticket,
    into: Annotated[
        str,
        Argument(help=f"The ticket that stays. {TICKET_HELP}", parser=ticket_ref, metavar="INTO"),
    ],
) -> None:
    """Merge a duplicate into another ticket of the same customer."""
    act(ticket, "merge", {"into": into}, lambda t: f"{t['key']} is merged into {into}.")


def triage(
    ticket: Ticket,
    customer: Annotated[str, Argument(help="The customer's key.")],
    environment: Annotated[str | None, Option(help="Which of its environments, by key.")] = None,
) -> None:
    """Give a ticket of an unknown sender its customer."""
    body = given(customer=customer, environment=environment)
    address = f"/v1/triage/{ticket}/assign-customer"
    act_at(address, body, lambda t: f"{t['key']} belongs to {t['customer']}.")


def _words(value: str) -> str:
    return value.replace("_", " ")
