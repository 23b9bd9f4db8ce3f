"""`GET /v1/me`: for whom the portal speaks, and what a form of theirs can offer to choose from."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from common.auth import Caller, requires
from common.http import ResponseModel, Transaction, router
from intake.directory.domain.environment import Tier
from intake.directory.store import CUSTOMERS, get_contact, list_environments, list_services

routes = router("/v1/me", ["portal"])


class OwnEnvironment(ResponseModel):
    """An environment to choose from; `key` is what a ticket names."""

    key: str
    name: str
    tier: Tier


class OwnCustomer(ResponseModel):
    """The customer of a contact."""

    key: str
    name: str
    timezone: str
    language: str


class MeRead(ResponseModel):
    """The contact who asks, with what their tickets may name.

    `contact_id` is null for a token that names no contact of the directory; `services` are keys of what was
    bought. Staff have no customer, and choose from everything.
    """

    contact_id: UUID | None = None
    name: str
    language: str | None = None
    customer: OwnCustomer | None = None
    environments: list[OwnEnvironment] = Field(default_factory=list)
    services: list[str] = Field(default_factory=list)


@routes.get("")
async def get_me(caller: Annotated[Caller, requires("tickets:read")], tx: Transaction) -> MeRead:
    """Get who asks: the contact, their customer, and the environments and services to choose from."""
    customer = await CUSTOMERS.find(tx, caller.customer) if caller.customer else None
    if customer is None:
        return MeRead(name=caller.name)
    contact = await get_contact(tx, caller.contact_id) if caller.contact_id else None
    environments = await list_environments(tx, customer.id)
    return MeRead(
        contact_id=caller.contact_id,
        name=contact.name if contact else caller.name,
        language=contact.language if contact else customer.language,
        customer=OwnCustomer.model_validate(customer),
        environments=[OwnEnvironment.model_validate(one) for one in environments],
        services=await list_services(tx, customer.key),
    )
