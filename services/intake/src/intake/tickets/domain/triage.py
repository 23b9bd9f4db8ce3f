"""Tickets of unknown senders get their customer. Pure."""

from msgspec.structs import replace

from common.domain import Rejection
from intake.directory.domain.environment import Environment
from intake.directory.domain.parties import Customer
from intake.tickets.domain.ticket import Ticket


def check_triage(ticket: Ticket) -> Rejection | None:
    """A rejection where the ticket has a customer, else None."""
    if ticket.customer_id is None:
        return None
    return Rejection(
        "ALREADY_TRIAGED", f"{ticket.key} belongs to {ticket.customer} and stays there."
    )


def assign_customer(
    ticket: Ticket, customer: Customer, environment: Environment | None
) -> Ticket | Rejection:
    """Give a ticket of an unknown sender its customer, once."""
    if rejection := check_triage(ticket):
        return rejection
    return replace(
        ticket,
        customer_id=customer.id,
        customer=customer.key,
        environment_id=environment.id if environment else None,
        environment=environment.key if environment else None,
    )
