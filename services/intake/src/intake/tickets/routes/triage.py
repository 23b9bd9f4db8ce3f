"""Triage: a ticket of an unknown sender gets its customer."""

from fastapi import Response

from common.errors import ValidationFailed, Violation
from common.events.tickets import TicketTriaged
from common.http import router
from intake.directory import store as directory
from intake.directory.dependencies import own_environment
from intake.tickets.dependencies import WorkAction
from intake.tickets.domain import triage
from intake.tickets.events import event_spec
from intake.tickets.schemas.action_requests import CustomerAssignment
from intake.tickets.schemas.responses import TicketRead

routes = router("/v1/triage", ["ticket triage"])


@routes.post("/{ticket}/assign-customer", response_model=TicketRead)
async def assign_customer(action: WorkAction, body: CustomerAssignment) -> Response:
    """Assign a ticket of an unknown sender to its customer. Clocks count from when it was opened."""
    customer = await directory.CUSTOMERS.find(action.tx, body.customer)
    if customer is not None and customer.retired:
        detail = f"{customer.key} was ended; answer the sender, and reject the ticket"
        raise ValidationFailed([Violation("/customer", "ended", detail)])
    if customer is None:
        detail = f"there is no customer {body.customer}; see /v1/customers"
        raise ValidationFailed([Violation("/customer", "unknown_reference", detail)])
    environment = None
    if body.environment is not None:
        found = await directory.ENVIRONMENTS.find(action.tx, body.environment)
        environment = own_environment(found, body.environment, customer)
    return await action.run(
        "triage",
        lambda ticket, at: triage.assign_customer(ticket, customer, environment),
        lambda before: event_spec(TicketTriaged, opened_at=before.opened_at),
        customer=customer.key,
        environment=body.environment,
    )
