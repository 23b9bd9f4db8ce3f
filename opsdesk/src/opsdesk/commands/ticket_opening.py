"""The commands that open a ticket: open, phone."""

from typing import Annotated

from typer import Argument, Option

from opsdesk.api_client import JSON
from opsdesk.commands.acts import given
from opsdesk.commands.console import print_line, run_command
from opsdesk.commands.ticket_fields import Kind, Nature, Service
from opsdesk.formatting import parse_instant
from opsdesk.session import own_client

Title = Annotated[str, Argument(help="The title.")]
CustomerKey = Annotated[str | None, Option(help="The customer's key; contacts leave it out.")]
Environment = Annotated[str | None, Option(help="The environment's key.")]
Priority = Annotated[str | None, Option(help="blocker, critical, major, minor, trivial")]
Level = Annotated[str | None, Option(help="In place of a priority: high, medium, low")]
Description = Annotated[str | None, Option(help="The description.")]


def open_(
    title: Title,
    customer: CustomerKey = None,
    environment: Environment = None,
    service: Service = None,
    priority: Priority = None,
    impact: Level = None,
    urgency: Level = None,
    kind: Kind = None,
    nature: Nature = None,
    description: Description = None,
) -> None:
    """Open a ticket."""
    body = given(
        title=title,
        customer=customer,
        environment=environment,
        service=service,
        priority=priority,
        impact=impact,
        urgency=urgency,
        kind=kind,
        nature=nature,
        description=description,
    )
    run_command(_open(body))


def phone(
    title: Title,
    customer: CustomerKey,
    opened_at: Annotated[
        str | None,
        Option(help="When they called, if not now: 2027-03-26T15:30. Clocks run from then."),
    ] = None,
    environment: Environment = None,
    service: Service = None,
    priority: Priority = None,
    kind: Kind = None,
    description: Description = None,
) -> None:
    """Write down a call as a ticket."""
    body = given(
        title=title,
        customer=customer,
        environment=environment,
        service=service,
        priority=priority,
        kind=kind,
        description=description,
        opened_at=opened_at and parse_instant(opened_at).isoformat(),
    )
    run_command(_open(body | {"channel": "phone"}))


async def _open(body: JSON) -> None:
    async with own_client() as client:
        ticket = await client.post("intake", "/v1/tickets", body)
    print_line(f"{ticket['key']} is open: {ticket['priority']}, {ticket['customer']}.")
