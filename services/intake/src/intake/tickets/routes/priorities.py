"""Setting a priority: raising takes one person, lowering two (R1); and giving a ticket its place."""

from typing import Annotated

from fastapi import Response
from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from common.errors import Invalid, Violation
from common.events.tickets import TicketPrioritised, TicketTriaged
from common.http import Asked, router
from common.persistence.database import moment
from intake.directory import store as directory
from intake.tickets.commands import Fact, fact
from intake.tickets.dependencies import Working
from intake.tickets.domain import transitions
from intake.tickets.domain.prioritisation import Judgement, confirm, decline, judged, prioritise
from intake.tickets.domain.priority import Impact, Priority, Urgency
from intake.tickets.domain.ticket import Ticket
from intake.tickets.routes.actions import Name, Words
from intake.tickets.schemas.responses import TicketShown

routes = router("/v1", ["ticket priorities"])


class PriorityAsked(Asked):
    """Either a `priority`, or `impact` and `urgency` from which the matrix tells it."""

    priority: Priority | None = None
    impact: Impact | None = None
    urgency: Urgency | None = None
    reason: Words

    @model_validator(mode="after")
    def _one_way_or_the_other(self) -> "PriorityAsked":
        by_matrix = self.impact is not None and self.urgency is not None
        if (self.priority is None) == (not by_matrix):
            raise PydanticCustomError(
                "priority_unclear", "give either priority, or impact and urgency"
            )
        return self

    def judgement(self) -> Judgement:
        if self.impact is not None and self.urgency is not None:
            return judged(self.impact, self.urgency)
        assert self.priority is not None
        return Judgement(self.priority)


class Confirmation(Asked):
    """The second person's answer to a lower priority."""

    agree: bool
    reason: Annotated[str, Field(max_length=10_000)] | None = None


class Place(Asked):
    """Keys of the customer and of one of its environments."""

    customer: Name
    environment: Name | None = None


@routes.post("/tickets/{ref}/prioritise", response_model=TicketShown)
async def prioritise_ticket(desk: Working, asked: PriorityAsked) -> Response:
    """Set the priority. A lower one stands in `lowering` until a second person confirms it."""
    wanted = asked.judgement()
    before = await desk.ticket()
    at = await moment(desk.tx)
    after = prioritise(before, wanted, desk.caller.sub, at, asked.reason)
    return await desk.conclude(
        "prioritise",
        before,
        after,
        at,
        *_told(before, after),
        was=before.priority,
        wanted=wanted.priority,
        reason=asked.reason,
    )


@routes.post("/tickets/{ref}/priority/confirm", response_model=TicketShown)
async def confirm_priority(desk: Working, asked: Confirmation) -> Response:
    """Agree to the lower priority that somebody else asked for, or keep the higher one."""
    before = await desk.ticket()
    at = await moment(desk.tx)
    after = confirm(before, desk.caller.sub) if asked.agree else decline(before)
    pending = before.pending_downgrade
    return await desk.conclude(
        "confirm_priority" if asked.agree else "decline_priority",
        before,
        after,
        at,
        *_told(before, after),
        requested_by=pending.requested_by if pending else None,
        reason=asked.reason,
    )


@routes.post("/triage/{ref}/assign-customer", response_model=TicketShown)
async def assign_customer(desk: Working, asked: Place) -> Response:
    """Give a ticket of an unknown sender its customer; clocks start from when it came."""
    customer = await directory.CUSTOMERS.find(desk.tx, asked.customer)
    if customer is None:
        unknown = f"there is no customer {asked.customer}; see /v1/customers"
        raise Invalid([Violation("/customer", "unknown_customer", unknown)])
    environment = None
    if asked.environment is not None:
        environment = await directory.ENVIRONMENTS.find(desk.tx, asked.environment)
        if environment is None or environment.customer_id != customer.id:
            unknown = f"{customer.key} has no environment {asked.environment}"
            raise Invalid([Violation("/environment", "unknown_environment", unknown)])
    return await desk.act(
        "triage",
        lambda ticket, at: transitions.assign_customer(ticket, customer, environment),
        lambda before: fact(TicketTriaged, opened_at=before.opened_at),
        customer=customer.key,
        environment=asked.environment,
    )


def _told(before: Ticket, after: object) -> list[Fact]:
    """Nothing is told while a lowering is pending: nothing has changed for anybody yet."""
    if not isinstance(after, Ticket) or after.priority == before.priority:
        return []
    return [
        fact(TicketPrioritised, previous=before.priority, confirmed_by=after.priority_confirmed_by)
    ]
