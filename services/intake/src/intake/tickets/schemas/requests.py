"""What a caller asks for when they open a ticket, and where it belongs."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from common.auth import Caller, needs
from common.errors import Forbidden, Invalid, Violation
from common.http import Asked
from intake.directory.domain.environment import Environment
from intake.directory.reference_cache import Places
from intake.tickets.domain.new_ticket import LONGEST_TITLE, Request, first_judgement, opened
from intake.tickets.domain.priority import Impact, Priority, Urgency
from intake.tickets.domain.ticket import Channel, Kind, Nature, Ticket

Opener = Annotated[Caller, needs("tickets:open")]
Name = Annotated[str, Field(min_length=1, max_length=200)]


class Wish(Asked):
    """A request as it is told. Keys name customer and environment.

    Staff and machines say for which `customer`; contacts ask for their own. `opened_at` is when
    the customer asked, where that was earlier (a phone call written down later).
    """

    title: Annotated[str, Field(min_length=1, max_length=LONGEST_TITLE, pattern=r"\S")]
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
    def _nature_belongs_to_changes(self) -> "Wish":
        if (self.nature is None) != (self.kind != "change_request"):
            raise PydanticCustomError(
                "nature", "give `nature` with a change_request, and with nothing else"
            )
        return self

    def ticket(self, id: UUID, number: int, caller: Caller, place: "Place", at: datetime) -> Ticket:
        """The ticket that this asks for. Raises Invalid when it was asked for in the future."""
        if self.opened_at is not None and self.opened_at > at:
            late = "give an instant that has passed, or leave it out"
            raise Invalid([Violation("/opened_at", "in_the_future", late)])
        request = Request(
            kind=self.kind,
            title=self.title.strip(),
            channel=self.channel or _channel(caller),
            judgement=first_judgement(self.priority, self.impact, self.urgency),
            nature=self.nature,
            service=self.service,
        )
        return opened(
            request,
            id,
            number,
            caller.sub,
            self.opened_at or at,
            customer=(place.customer_id, place.customer),
            environment=place.environment,
            contact_id=caller.contact_id,
        )


@dataclass(frozen=True, slots=True)
class Place:
    """The customer, and the environment where one was named."""

    customer_id: UUID
    customer: str
    environment: Environment | None


async def place_of(places: Places, caller: Caller, asked: Wish) -> Place:
    """Where the ticket belongs. Raises Invalid naming everything that is not known, or Forbidden.

    For a contact other customers do not exist; they are not told apart from unknown ones.
    """
    key = asked.customer or caller.customer
    if key is None:
        raise Invalid([Violation("/customer", "missing", "say for which customer")])
    if caller.customer is not None and (asked.channel or asked.opened_at):
        raise Forbidden("`channel` and `opened_at` are for staff. Leave them out.")
    customer = await places.customer(key) if caller.sees(key) else None
    if customer is None:
        raise Invalid([Violation("/customer", "unknown_customer", f"there is no customer {key}")])
    environment = None
    if asked.environment is not None:
        environment = await places.environment(asked.environment)
        if environment is None or environment.customer_id != customer.id:
            unknown = f"{customer.key} has no environment {asked.environment}"
            raise Invalid([Violation("/environment", "unknown_environment", unknown)])
    return Place(customer.id, customer.key, environment)


def _channel(caller: Caller) -> Channel:
    return "staff" if caller.customer is None and not caller.scopes else "portal"
