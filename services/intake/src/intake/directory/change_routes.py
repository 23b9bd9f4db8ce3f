"""HTTP in: confirm and end contacts, people and partners; what pages depend on takes two people (R1)."""

from typing import Final
from uuid import UUID

from fastapi import Request, Response

from common.auth import Caller
from common.auth.persons import counted_as, list_accounts_of_contact
from common.errors import NotFound
from common.http import (
    Transaction,
    if_match,
    router,
    runtime_of,
)
from common.persistence.database import Connection, transaction_time
from common.runtime import Runtime
from intake.directory.commands import change
from intake.directory.dependencies import (
    ContactId,
    CustomerKey,
    PartnerKey,
    PersonSub,
    Writer,
    lock_record,
    respond,
)
from intake.directory.domain import changes
from intake.directory.domain.parties import Contact, Person
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
    return respond(response, ContactRead, stored)


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
    return respond(response, ContactRead, stored)


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
    before = await lock_record(tx, request, PEOPLE, PersonRead, sub)
    outcome = changes.with_roles(before, tuple(body.roles), caller.sub, await transaction_time(tx))
    grounds = {"was": list(before.roles), "wanted": list(body.roles), "reason": body.reason}
    stored = await change(tx, caller.actor, "person.roles", PEOPLE, before, outcome, grounds)
    return respond(response, PersonRead, stored)


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
    before = await lock_record(tx, request, PEOPLE, PersonRead, sub)
    outcome = changes.request_end(before, caller.sub, await transaction_time(tx))
    grounds = {"reason": body.reason}
    stored = await change(tx, caller.actor, "person.end", PEOPLE, before, outcome, grounds)
    return respond(response, PersonRead, stored)


@people.post("/{person}/confirm", response_model=PersonRead)
async def confirm_person(
    sub: PersonSub, request: Request, response: Response, caller: Writer, tx: Transaction
) -> PersonRead | Response:
    """Confirm the roles or the end of a person, as another person than the one who asked.

    With the end their tokens are revoked, in all services; close their account at the identity provider,
    too, or they sign in again.
    """
    before = await lock_record(tx, request, PEOPLE, PersonRead, sub)
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
    return respond(response, PersonRead, stored)


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
    before = await lock_record(tx, request, PARTNERS, PartnerRead, key)
    outcome = changes.end_partner(before)
    grounds = {"reason": body.reason}
    stored = await change(tx, caller.actor, "partner.end", PARTNERS, before, outcome, grounds)
    return respond(response, PartnerRead, stored)


async def _revoke_tokens(request: Request, caller: Caller, tx: Connection, account: str) -> None:
    runtime: Runtime[IntakeSettings] = runtime_of(request.app)
    await revoke(tx, caller.actor, "person", account, LEFT, runtime.settings.token_lifetime_s)


async def _lock_contact(tx: Connection, request: Request, customer_key: str, id: UUID) -> Contact:
    """The contact of this customer, locked. Raises NotFound, or the failure of the request's `If-Match`."""
    customer = await CUSTOMERS.find(tx, customer_key)
    contact = customer and await lock_contact(tx, customer.id, id)
    if not contact:
        raise NotFound("This contact")
    if_match(request, contact.sequence, ContactRead.model_validate(contact))
    return contact
