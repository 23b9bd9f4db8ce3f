"""Request and response models of services."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import (
    Field,
    TypeAdapter,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    model_validator,
)

from common.auth import Caller
from common.http import Refers, RequestModel, ResponseModel, fields
from sla.agreements.domain.clauses import Price
from sla.agreements.schemas.promise_responses import PriceRead
from sla.agreements.schemas.requests import PriceCreate
from sla.calendars.schemas import Name
from sla.catalogue.domain.graph import Need, parse_node
from sla.catalogue.domain.service import Service

NodeName = Annotated[
    str,
    Field(
        max_length=80,
        pattern="^(service|environment|partner)/[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$",
        examples=["environment/acme-prod"],
    ),
    Refers("node", by_route=True),
]


class NeedCreate(RequestModel):
    """At least `at_least` of these must work: one of two is a stand-by."""

    any_of: Annotated[list[NodeName], Field(min_length=1, max_length=50)]
    at_least: Annotated[int, Field(ge=1)] = 1

    @model_validator(mode="after")
    def _check_nodes(self) -> "NeedCreate":
        if len(set(self.any_of)) != len(self.any_of):
            raise ValueError("name each node once")
        if self.at_least > len(self.any_of):
            raise ValueError("at_least must not be more than there are nodes")
        return self


_NODE: TypeAdapter[str] = TypeAdapter(NodeName)


def _parse_need(given: Any, parse: ValidatorFunctionWrapHandler) -> NeedCreate | str:
    """Parse either form, and report errors of the given one only: pydantic would report those of
    both, with their names in the location."""
    if isinstance(given, NeedCreate):
        return given
    return (
        NeedCreate.model_validate(given)
        if isinstance(given, dict)
        else _NODE.validate_python(given)
    )


NeedReference = Annotated[NodeName | NeedCreate, WrapValidator(_parse_need)]
"""The name of a node that is indispensable, or a need written out."""


class ServiceCreate(RequestModel):
    """A service, or the next version of the one with this key.

    `hours` is the id or key of a calendar. `runs_on`: all of these needs must be met; a name alone
    is indispensable. `price` is the list price per month.
    """

    key: fields.Key
    name: fields.Name
    owner: Annotated[str, Field(min_length=1, max_length=200, examples=["ops"]), Refers("owner")]
    description: Annotated[str, Field(max_length=5000)] = ""
    hours: Annotated[Name | None, Refers("calendar")] = None
    price: PriceCreate | None = None
    sold_to: Annotated[list[Annotated[Name, Refers("customer")]], Field(max_length=2000)] = Field(
        default=[]
    )
    runs_on: Annotated[list[NeedReference], Field(max_length=100)] = Field(default=[])

    def to_price(self) -> Price | None:
        return Price(self.price.amount, self.price.currency) if self.price else None

    def to_needs(self) -> tuple[Need, ...]:
        return tuple(
            Need((parse_node(one),))
            if isinstance(one, str)
            else Need(tuple(map(parse_node, one.any_of)), one.at_least)
            for one in self.runs_on
        )


class NeedRead(ResponseModel):
    any_of: list[str]
    at_least: int


class ServiceRead(ResponseModel):
    """`id` is that of the version. Customers see no other customers, and not what it runs on."""

    id: UUID
    service_id: UUID
    key: str
    version: int
    name: str
    owner: str
    description: str
    hours: Annotated[UUID | None, Refers("calendar")]
    price: PriceRead | None
    sold_to: list[str]
    runs_on: list[NeedRead] | None
    created_by: str | None
    created_at: datetime
    retired_at: datetime | None


def to_response(service: Service, caller: Caller) -> ServiceRead:
    is_staff, price = caller.customer is None, service.price
    needs = [
        NeedRead(any_of=list(map(str, need.nodes)), at_least=need.at_least)
        for need in service.runs_on
    ]
    return ServiceRead(
        id=service.id,
        service_id=service.service_id,
        key=service.key,
        version=service.version,
        name=service.name,
        owner=service.owner,
        description=service.description,
        hours=service.hours,
        price=PriceRead(amount=str(price.amount), currency=price.currency) if price else None,
        sold_to=[one for one in service.sold_to if caller.can_see(one)],
        runs_on=needs if is_staff else None,
        created_by=service.created_by if is_staff else None,
        created_at=service.created_at,
        retired_at=service.retired_at,
    )
