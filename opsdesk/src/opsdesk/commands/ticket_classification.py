"""The commands about what a ticket is: reclassify, confirm-classification."""

from typing import Annotated

from typer import Option

from opsdesk.api_client import JSON
from opsdesk.commands.acts import given
from opsdesk.commands.console import print_line, run_command
from opsdesk.commands.references import Ticket
from opsdesk.commands.ticket_fields import Kind, Nature, Service
from opsdesk.session import own_client


def reclassify(
    ticket: Ticket,
    reason: Annotated[str, Option(help="Why it has to be corrected.")],
    kind: Kind = None,
    service: Service = None,
    nature: Nature = None,
) -> None:
    """Request a correction of kind or service; another person has to confirm it."""
    body = given(kind=kind, service=service, nature=nature, reason=reason)
    run_command(_reclassify(ticket, body))


def confirm_classification(
    ticket: Ticket,
    agree: Annotated[bool, Option("--agree/--decline", help="Whether to confirm it.")] = True,
    reason: Annotated[str | None, Option(help="Why.")] = None,
) -> None:
    """Confirm or decline a correction that somebody else requested."""
    run_command(_confirm_classification(ticket, given(agree=agree, reason=reason)))


async def _reclassify(ref: str, body: JSON) -> None:
    async with own_client() as client:
        ticket = await client.post("intake", f"/v1/tickets/{ref}/reclassify", body)
    pending = ticket["pending_reclassification"]
    if pending is None:
        print_line(f"{ticket['key']} stays what it is: {classification(ticket)}.")
        return
    print_line(
        f"{ticket['key']} is {classification(ticket)}; somebody else must confirm that it is"
    )
    print_line(
        f"{classification(pending_classification(ticket))}: opsdesk tickets confirm-classification {ticket['key']}"
    )


async def _confirm_classification(ref: str, body: JSON) -> None:
    async with own_client() as client:
        address = f"/v1/tickets/{ref}/classification/confirm"
        ticket = await client.post("intake", address, body)
    print_line(f"{ticket['key']} is {classification(ticket)}.")


def pending_classification(ticket: JSON) -> JSON:
    """Return the ticket with its pending correction."""
    pending = ticket["pending_reclassification"]
    return ticket | {name: pending[name] for name in ("kind", "service") if pending[name]}


def classification(ticket: JSON) -> str:
    """Describe kind and service: `a question about billing`."""
    kind = str(ticket["kind"]).replace("_", " ")
    return f"{'an' if kind[0] in 'aeiou' else 'a'} {kind} about {ticket['service'] or 'no service'}"
