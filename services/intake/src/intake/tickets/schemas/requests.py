"""What a caller asks for when they open a ticket, and where it belongs."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from common.auth import Caller, requires
from common.errors import Forbidden, ValidationFailed, Violation
from common.http import RequestModel
from intake.directory.domain.environment import Environment
from intake.directory.reference_cache import ReferenceCache
from intake.tickets.domain.new_ticket import (
    MAX_TITLE_CHARS,
    TicketRequest,
    build_ticket,
    initial_priority,
)
from intake.tickets.domain.priority import Impact, Priority, Urgency
from intake.tickets.domain.ticket import Channel, Kind, Nature, Ticket

Opener = Annotated[Caller, requires("tickets:open")]
Name = Annotated[str, Field(min_length=1, max_length=200)]


class TicketCreate(RequestModel):
    """A request as it is told. Keys name customer and environment.

    Staff and machines say for which `customer`; contacts ask for their own. `opened_at` is when
    the customer asked, where that was earlier (a phone call written down later).
    """

    title: Annotated[str, Field(min_length=1, max_length=MAX_TITLE_CHARS, pattern=r"\S")]
    description: Annotated[str, Field(max_length=100_000)] | None = None
    kind: Kind = "incident"
    nature: Nature | None = None
    priority: Priority | None = None
    impact: Impact | None = None
    urgency: Urgency | None = None
    customer: Name | None = None
    environment: Name | None = None
    service: Name | None = None
    channel: Channel | None = None
    opened_at: datetime | None = None

    @model_validator(mode="after")
    def _nature_belongs_to_changes(self) -> "TicketCreate":
        if (self.nature is None) != (self.kind != "change_request"):
            raise PydanticCustomError(
                "nature", "give `nature` with a change_request, and with nothing else"
            )
        return self

    def to_ticket(
        self, id: UUID, number: int, caller: Caller, scope: "TicketScope", at: datetime
    ) -> Ticket:
        """The ticket that this asks for. Raises Invalid when it was asked for in the future."""
        if self.opened_at is not None and self.opened_at > at:
            detail = "give an instant that has passed, or leave it out"
            raise ValidationFailed([Violation("/opened_at", "in_the_future", detail)])
        request = TicketRequest(
            kind=self.kind,
            title=self.title.strip(),
            channel=self.channel or _default_channel(caller),
            assessment=initial_priority(self.priority, self.impact, self.urgency),
            nature=self.nature,
            service=self.service,
        )
        return build_ticket(
            request,
            id,
            number,
            caller.sub,
            self.opened_at or at,
            customer=(scope.customer_id, scope.customer),
            environment=scope.environment,
            contact_id=caller.contact_id,
        )


@dataclass(frozen=True, slots=True)
class TicketScope:
    """The customer, and the environment where one was named."""

    customer_id: UUID
    customer: str
    environment: Environment | None


async def resolve_scope(
    references: ReferenceCache, caller: Caller, body: TicketCreate
) -> TicketScope:
    """Where the ticket belongs. Raises Invalid naming everything that is not known, or Forbidden.

    For a contact other customers do not exist; they are not told apart from unknown ones.
    """
    key = body.customer or caller.customer
    if key is None:
        raise ValidationFailed([Violation("/customer", "missing", "say for which customer")])
    if caller.customer is not None and (body.channel or body.opened_at):
        raise Forbidden("`channel` and `opened_at` are for staff. Leave them out.")
    customer = await references.get_customer(key) if caller.can_see(key) else None
    if customer is None:
        raise ValidationFailed(
            [Violation("/customer", "unknown_customer", f"there is no customer {key}")]
        )
    environment = None
    if body.environment is not None:
        environment = await references.get_environment(body.environment)
        if environment is None or environment.customer_id != customer.id:
            detail = f"{customer.key} has no environment {body.environment}"
            raise ValidationFailed([Violation("/environment", "unknown_environment", detail)])
    return TicketScope(customer.id, customer.key, environment)


def _default_channel(caller: Caller) -> Channel:
    return "staff" if caller.customer is None and not caller.scopes else "portal"
