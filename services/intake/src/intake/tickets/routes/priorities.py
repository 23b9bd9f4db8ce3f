"""Setting a priority: raising takes one person, lowering two (R1); and giving a ticket its place."""

from typing import Annotated

from fastapi import Response
from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from common.errors import ValidationFailed, Violation
from common.events.tickets import TicketPrioritised, TicketTriaged
from common.http import RequestModel, router
from common.persistence.database import transaction_time
from intake.directory import store as directory
from intake.tickets.commands import EventSpec, event_spec
from intake.tickets.dependencies import WorkAction
from intake.tickets.domain import transitions
from intake.tickets.domain.prioritisation import (
    PriorityAssessment,
    assess,
    confirm,
    decline,
    prioritise,
)
from intake.tickets.domain.priority import Impact, Priority, Urgency
from intake.tickets.domain.ticket import Ticket
from intake.tickets.routes.actions import FreeText, Name
from intake.tickets.schemas.responses import TicketRead

routes = router("/v1", ["ticket priorities"])


class PriorityUpdate(RequestModel):
    """Either a `priority`, or `impact` and `urgency` from which the matrix tells it."""

    priority: Priority | None = None
    impact: Impact | None = None
    urgency: Urgency | None = None
    reason: FreeText

    @model_validator(mode="after")
    def _one_way_or_the_other(self) -> "PriorityUpdate":
        by_matrix = self.impact is not None and self.urgency is not None
        if (self.priority is None) == (not by_matrix):
            raise PydanticCustomError(
                "priority_unclear", "give either priority, or impact and urgency"
            )
        return self

    def to_assessment(self) -> PriorityAssessment:
        if self.impact is not None and self.urgency is not None:
            return assess(self.impact, self.urgency)
        assert self.priority is not None
        return PriorityAssessment(self.priority)


class PriorityConfirmation(RequestModel):
    """The second person's answer to a lower priority."""

    agree: bool
    reason: Annotated[str, Field(max_length=10_000)] | None = None


class CustomerAssignment(RequestModel):
    """Keys of the customer and of one of its environments."""

    customer: Name
    environment: Name | None = None


@routes.post("/tickets/{ref}/prioritise", response_model=TicketRead)
async def prioritise_ticket(action: WorkAction, body: PriorityUpdate) -> Response:
    """Set the priority. A lower one stands in `lowering` until a second person confirms it."""
    assessment = body.to_assessment()
    before = await action.lock_ticket()
    at = await transaction_time(action.tx)
    after = prioritise(before, assessment, action.caller.sub, at, body.reason)
    return await action.finish(
        "prioritise",
        before,
        after,
        at,
        *_priority_events(before, after),
        was=before.priority,
        wanted=assessment.priority,
        reason=body.reason,
    )


@routes.post("/tickets/{ref}/priority/confirm", response_model=TicketRead)
async def confirm_priority(action: WorkAction, body: PriorityConfirmation) -> Response:
    """Agree to the lower priority that somebody else asked for, or keep the higher one."""
    before = await action.lock_ticket()
    at = await transaction_time(action.tx)
    after = confirm(before, action.caller.sub) if body.agree else decline(before)
    pending = before.pending_downgrade
    return await action.finish(
        "confirm_priority" if body.agree else "decline_priority",
        before,
        after,
        at,
        *_priority_events(before, after),
        requested_by=pending.requested_by if pending else None,
        reason=body.reason,
    )


@routes.post("/triage/{ref}/assign-customer", response_model=TicketRead)
async def assign_customer(action: WorkAction, body: CustomerAssignment) -> Response:
    """Give a ticket of an unknown sender its customer; clocks start from when it came."""
    customer = await directory.CUSTOMERS.find(action.tx, body.customer)
    if customer is None:
        detail = f"there is no customer {body.customer}; see /v1/customers"
        raise ValidationFailed([Violation("/customer", "unknown_customer", detail)])
    environment = None
    if body.environment is not None:
        environment = await directory.ENVIRONMENTS.find(action.tx, body.environment)
        if environment is None or environment.customer_id != customer.id:
            detail = f"{customer.key} has no environment {body.environment}"
            raise ValidationFailed([Violation("/environment", "unknown_environment", detail)])
    return await action.run(
        "triage",
        lambda ticket, at: transitions.assign_customer(ticket, customer, environment),
        lambda before: event_spec(TicketTriaged, opened_at=before.opened_at),
        customer=customer.key,
        environment=body.environment,
    )


def _priority_events(before: Ticket, after: object) -> list[EventSpec]:
    """Nothing is told while a lowering is pending: nothing has changed for anybody yet."""
    if not isinstance(after, Ticket) or after.priority == before.priority:
        return []
    return [
        event_spec(
            TicketPrioritised, previous=before.priority, confirmed_by=after.priority_confirmed_by
        )
    ]
