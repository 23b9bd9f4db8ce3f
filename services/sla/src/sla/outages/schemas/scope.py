"""The scope of an outage or of maintenance in requests and responses."""

from collections.abc import Mapping
from typing import Annotated, Final, Literal, LiteralString

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from common.errors import ValidationFailed, Violation
from common.http import Refers, RequestModel, ResponseModel
from common.http.fields import KeyRef
from common.persistence.database import Connection
from sla.directory.dependencies import get_named_customer
from sla.directory.store import directory
from sla.outages.domain.scope import Scope

Reach = Literal["environment", "customer", "everybody"]
REACH_TEXTS: Final[Mapping[Reach, LiteralString]] = {
    "environment": "it is about one environment: leave `scope` out",
    "customer": "without an environment it is about all of this customer: name the `environment`,"
    " or say `scope: customer`",
    "everybody": "without a customer it is about everybody who has the service: name the"
    " `environment` or the `customer`, or say `scope: everybody`",
}


class ScopedCreate(RequestModel):
    """Keys of an environment, a service or both.

    An environment belongs to one customer. What reaches further is asked for by `scope`: a service on
    all environments of a `customer`, or of `everybody` who has it.
    """

    scope: Reach = "environment"
    customer: Annotated[KeyRef | None, Refers("customer")] = None
    environment: Annotated[KeyRef | None, Refers("environment")] = None
    service: Annotated[KeyRef | None, Refers("service")] = None

    @model_validator(mode="after")
    def _require_location(self) -> "ScopedCreate":
        if self.environment is None and self.service is None:
            raise ValueError("name an environment or a service")
        if self.scope != self.reach:
            raise PydanticCustomError("scope", REACH_TEXTS[self.reach])
        return self

    @property
    def reach(self) -> Reach:
        """How far it reaches, by what is named and what is left out."""
        if self.environment is not None:
            return "environment"
        return "everybody" if self.customer is None else "customer"


class ScopedRead(ResponseModel):
    """Null means all: without `service` everything on the environment, without `customer` all
    customers of the service."""

    customer: Annotated[str | None, Refers("customer")]
    environment: Annotated[str | None, Refers("environment")]
    service: Annotated[str | None, Refers("service")]


async def resolve_scope(tx: Connection, body: ScopedCreate) -> Scope:
    """Return the scope of a request. Raises ValidationFailed for keys that are wrong."""
    customer = None if body.customer is None else await get_named_customer(tx, body.customer)
    if body.environment is None:
        id, key = (customer.id, customer.key) if customer else (None, None)
        return Scope(id, None, body.service, None, key)
    environment = await directory.find_environment(tx, body.environment)
    if environment is None:
        detail = f"there is no environment {body.environment!r}; intake registers them"
        raise ValidationFailed([Violation("/environment", "unknown_reference", detail)])
    if customer is not None and customer != environment.customer:
        detail = f"{environment.key} belongs to {environment.customer.key}"
        raise ValidationFailed([Violation("/customer", "another", detail)])
    return Scope(
        environment.customer.id,
        environment.key,
        body.service,
        environment.tier,
        environment.customer.key,
    )
