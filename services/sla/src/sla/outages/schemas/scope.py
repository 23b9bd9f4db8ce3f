"""Where an outage or maintenance is, as callers say and see it."""

from typing import Annotated

from pydantic import Field, model_validator

from common.errors import ValidationFailed, Violation
from common.http import RequestModel, ResponseModel
from common.persistence.database import Connection
from sla.calendars.schemas import id_or_key
from sla.directory.store import directory
from sla.outages.domain.scope import Place

Key = Annotated[str, Field(min_length=1, max_length=100)]
Reason = Annotated[str, Field(min_length=3, max_length=2000)]


class PlacedAsked(RequestModel):
    """`environment` names its customer. A service alone is down for the customer that is given;
    without one for everybody who has it. All keys."""

    customer: Key | None = None
    environment: Key | None = None
    service: Key | None = None

    @model_validator(mode="after")
    def _somewhere(self) -> "PlacedAsked":
        if self.environment is None and self.service is None:
            raise ValueError("say which environment or which service")
        return self


class PlacedTold(ResponseModel):
    """Null means all: without `service` everything on the environment, without `customer` all who
    have the service."""

    customer: str | None
    environment: str | None
    service: str | None


async def placed(tx: Connection, asked: PlacedAsked) -> Place:
    """Where that is. Raises Invalid for what nobody has told of, and what does not fit together."""
    customer = await _customer(tx, asked.customer)
    if asked.environment is None:
        id, key = (customer.id, customer.key) if customer else (None, None)
        return Place(id, None, asked.service, None, key)
    found = await directory.find_environment(tx, asked.environment)
    if found is None:
        raise _unknown("environment", asked.environment)
    if customer is not None and customer != found.customer:
        said = f"{found.key} belongs to {found.customer.key}"
        raise ValidationFailed([Violation("/customer", "another", said)])
    return Place(found.customer.id, found.key, asked.service, found.tier, found.customer.key)


async def _customer(tx: Connection, name: str | None) -> directory.Customer | None:
    if name is None:
        return None
    found = await directory.find_customer(tx, id_or_key(name))
    if found is None:
        raise _unknown("customer", name)
    return found


def _unknown(field: str, name: str) -> ValidationFailed:
    said = f"there is no {field} {name!r}; intake registers them"
    return ValidationFailed([Violation(f"/{field}", "unknown", said)])
