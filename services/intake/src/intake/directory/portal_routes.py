"""`GET /v1/me`: for whom the portal speaks, and what a form of theirs can offer to choose from."""

from typing import Annotated
from uuid import UUID

from fastapi import Request
from pydantic import Field

from common import audit
from common.auth import Caller, requires
from common.errors import Conflict, Forbidden
from common.http import RequestModel, ResponseModel, Transaction, router, runtime_of
from common.persistence.database import transaction_time
from common.runtime import Runtime
from intake.directory.domain.environment import Tier
from intake.directory.sold_services import list_services
from intake.directory.store import (
    CUSTOMERS,
    get_contact,
    list_environments,
    set_wants_notices,
)
from intake.settings import IntakeSettings

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

    `contact_id` and `wants_notices` are null for a token that names no contact of the directory; `services` are keys of what was
    bought. Staff have no customer, and choose from everything.
    """

    contact_id: UUID | None = None
    name: str
    wants_notices: bool | None = None
    language: str | None = None
    customer: OwnCustomer | None = None
    environments: list[OwnEnvironment] = Field(default_factory=list)
    services: list[str] = Field(default_factory=list)


class NoticeChoice(RequestModel):
    """Whether the contact wants notices of outages, maintenance and deliveries by mail."""

    wanted: bool


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
        wants_notices=contact.wants_notices if contact else None,
        language=contact.language if contact else customer.language,
        customer=OwnCustomer.model_validate(customer),
        environments=[OwnEnvironment.model_validate(one) for one in environments],
        services=await list_services(tx, customer.key),
    )


@routes.put("/notices")
async def choose_notices(
    body: NoticeChoice,
    request: Request,
    caller: Annotated[Caller, requires("notices:choose")],
    tx: Transaction,
) -> NoticeChoice:
    """Choose whether to get notices of outages, maintenance and deliveries by mail, as their reader.

    Answers on tickets come all the same. Where the house promises notices to everybody, nobody can choose.
    """
    if caller.contact_id is None:
        raise Forbidden(
            "Only a contact of the directory chooses, through the portal that names them."
        )
    runtime: Runtime[IntakeSettings] = runtime_of(request.app)
    if not body.wanted and not runtime.settings.notices_optional:
        raise Conflict(
            "Notices are part of what was agreed with your company. Ask your contact person there.",
            code="NOTICES_OWED",
        )
    await set_wants_notices(tx, caller.contact_id, wanted=body.wanted)
    at = await transaction_time(tx)
    subject = f"contact/{caller.contact_id}"
    entry = audit.Entry.by(
        caller.actor, at, "contact.choose_notices", subject, {"wanted": body.wanted}
    )
    await audit.record(tx, entry)
    return body
