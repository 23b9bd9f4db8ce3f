"""HTTP in: confirm and end contacts, people and partners; what pages depend on takes two people (R1)."""

from typing import Annotated, Final, TypeVar
from uuid import UUID

from fastapi import Path, Request, Response

from common.auth import Caller, requires
from common.auth.persons import counted_as, list_accounts_of_contact
from common.domain import Rejection
from common.errors import NotFound
from common.http import (
    ResponseModel,
    Transaction,
    if_match,
    rejection_response,
    router,
    runtime_of,
    set_etag,
)
from common.persistence.database import Connection, transaction_time
from common.runtime import Runtime
from intake.directory.commands import change
from intake.directory.domain import changes
from intake.directory.domain.parties import Contact, Partner, Person
from intake.directory.schemas import (
    ContactRead,
    EndRequest,
    PartnerRead,
    PersonRead,
    RolesUpdate,
)
from intake.directory.store import CONTACTS, CUSTOMERS, PARTNERS, PEOPLE, lock_contact
from intake.revocations.commands import revoke
from intake.settings import IntakeSettings

contacts = router("/v1/customers/{customer}/contacts", ["reference data"])
partners = router("/v1/partners", ["reference data"])
people = router("/v1/people", ["reference data"])
ROUTERS: Final = (contacts, partners, people)
LEFT: Final = "the person has left"
"""Why the tokens of a person or contact who is ended are revoked."""

R = TypeVar("R", bound=ResponseModel)
Writer = Annotated[Caller, requires("directory:write")]
CustomerKey = Annotated[
    str, Path(alias="customer", max_length=63, description="The customer's key.")
]
ContactId = Annotated[UUID, Path(alias="contact", description="The contact's id.")]
PersonSub = Annotated[
    str, Path(alias="person", max_length=200, description="The `sub` of the person's tokens.")
]
PartnerKey = Annotated[str, Path(alias="partner", max_length=63, description="The partner's key.")]


@contacts.post("/{contact}/confirm", response_model=ContactRead)
async def confirm_contact(
    key: CustomerKey,
    id: ContactId,
    request: Request,
    response: Response,
    caller: Writer,
    tx: Transaction,
) -> ContactRead | Response:
    """Confirm that a contact is somebody else than who registered them, as another person."""
    before = await _lock_contact(tx, request, key, id)
    actor = await counted_as(tx, caller.sub, before.registered_by)
    outcome = changes.confirm_contact(before, actor)
    grounds = {"registered_by": before.registered_by}
    stored = await change(tx, caller.actor, "contact.confirm", CONTACTS, before, outcome, grounds)
    return _respond(response, ContactRead, stored)


@contacts.post("/{contact}/end", response_model=ContactRead)
async def end_contact(
    key: CustomerKey,
    id: ContactId,
    body: EndRequest,
    request: Request,
    response: Response,
    caller: Writer,
    tx: Transaction,
) -> ContactRead | Response:
    """End a contact: their mails go to triage from now on, and the portal speaks for them no more.

    Tokens of their own are revoked, in all services; close such an account at the identity provider, too,
    or they sign in again.
    """
    before = await _lock_contact(tx, request, key, id)
    outcome = changes.end_contact(before)
    grounds = {"reason": body.reason}
    stored = await change(tx, caller.actor, "contact.end", CONTACTS, before, outcome, grounds)
    if isinstance(stored, Contact):
        for account in await list_accounts_of_contact(tx, stored.id):
            await _revoke_tokens(request, caller, tx, account)
    return _respond(response, ContactRead, stored)


@people.post("/{person}/roles", response_model=PersonRead)
async def change_roles(
    sub: PersonSub,
    body: RolesUpdate,
    request: Request,
    response: Response,
    caller: Writer,
    tx: Transaction,
) -> PersonRead | Response:
    """Change the roles of a person. Giving or taking `gm` and `tom` waits for another person.

    Asking for the present roles withdraws what waits.
    """
    before = await _lock_person(tx, request, sub)
    outcome = changes.with_roles(before, tuple(body.roles), caller.sub, await transaction_time(tx))
    grounds = {"was": list(before.roles), "wanted": list(body.roles), "reason": body.reason}
    stored = await change(tx, caller.actor, "person.roles", PEOPLE, before, outcome, grounds)
    return _respond(response, PersonRead, stored)


@people.post("/{person}/end", response_model=PersonRead)
async def end_person(
    sub: PersonSub,
    body: EndRequest,
    request: Request,
    response: Response,
    caller: Writer,
    tx: Transaction,
) -> PersonRead | Response:
    """Ask for the end of a person who leaves: pages reach them no more once another person confirms."""
    before = await _lock_person(tx, request, sub)
    outcome = changes.request_end(before, caller.sub, await transaction_time(tx))
    grounds = {"reason": body.reason}
    stored = await change(tx, caller.actor, "person.end", PEOPLE, before, outcome, grounds)
    return _respond(response, PersonRead, stored)


@people.post("/{person}/confirm", response_model=PersonRead)
async def confirm_person(
    sub: PersonSub, request: Request, response: Response, caller: Writer, tx: Transaction
) -> PersonRead | Response:
    """Confirm the roles or the end of a person, as another person than the one who asked.

    With the end their tokens are revoked, in all services; close their account at the identity provider,
    too, or they sign in again.
    """
    before = await _lock_person(tx, request, sub)
    pending = before.pending
    requested_by = None if pending is None else pending.requested_by
    actor = await counted_as(tx, caller.sub, requested_by)
    outcome = changes.confirm_change(before, actor)
    grounds = {
        "requested_by": requested_by,
        "roles": pending and list(pending.roles),
        "ends": pending and pending.ends,
    }
    stored = await change(tx, caller.actor, "person.confirm", PEOPLE, before, outcome, grounds)
    if isinstance(stored, Person) and stored.retired:
        await _revoke_tokens(request, caller, tx, stored.sub)
    return _respond(response, PersonRead, stored)


@partners.post("/{partner}/end", response_model=PartnerRead)
async def end_partner(
    key: PartnerKey,
    body: EndRequest,
    request: Request,
    response: Response,
    caller: Writer,
    tx: Transaction,
) -> PartnerRead | Response:
    """End a partner: no ticket is forwarded to them any more."""
    before = await PARTNERS.lock(tx, key)
    if before is None:
        raise NotFound(f"Partner {key}")
    if_match(request, before.sequence, PartnerRead.model_validate(before))
    outcome = changes.end_partner(before)
    grounds = {"reason": body.reason}
    stored = await change(tx, caller.actor, "partner.end", PARTNERS, before, outcome, grounds)
    return _respond(response, PartnerRead, stored)


async def _revoke_tokens(request: Request, caller: Caller, tx: Connection, account: str) -> None:
    runtime: Runtime[IntakeSettings] = runtime_of(request.app)
    await revoke(tx, caller.actor, "person", account, LEFT, runtime.settings.token_lifetime_s)


def _respond(
    response: Response, model: type[R], outcome: Contact | Partner | Person | Rejection
) -> R | Response:
    if not isinstance(outcome, Rejection):
        set_etag(response, outcome.sequence)
        return model.model_validate(outcome)
    if outcome.code == "FOUR_EYES":
        return rejection_response(outcome, status=403, title="Two people are needed")
    return rejection_response(outcome)


async def _lock_person(tx: Connection, request: Request, sub: str) -> Person:
    """The person, locked. Raises NotFound, or the failure of the request's `If-Match`."""
    person = await PEOPLE.lock(tx, sub)
    if person is None:
        raise NotFound(f"Person {sub}")
    if_match(request, person.sequence, PersonRead.model_validate(person))
    return person


async def _lock_contact(tx: Connection, request: Request, customer_key: str, id: UUID) -> Contact:
    """The contact of this customer, locked. Raises NotFound, or the failure of the request's `If-Match`."""
    customer = await CUSTOMERS.find(tx, customer_key)
    contact = customer and await lock_contact(tx, customer.id, id)
    if not contact:
        raise NotFound("This contact")
    if_match(request, contact.sequence, ContactRead.model_validate(contact))
    return contact
