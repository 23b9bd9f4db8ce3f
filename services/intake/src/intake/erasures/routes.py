"""`/v1/contacts/{contact}/erasure`: erasing a contact takes two people."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Response

from common.auth import Caller, requires
from common.domain import Rejection
from common.errors import Conflict, NotFound
from common.http import Transaction, rejection_response, router
from common.persistence.database import Connection, transaction_time
from intake.directory.domain.parties import Contact
from intake.directory.store import find_contact_by_id
from intake.erasures import store
from intake.erasures.commands import confirm_erasure, request_erasure
from intake.erasures.schemas import ErasureCreate, ErasureRead

routes = router("/v1/contacts", ["reference data"])

ContactId = Annotated[UUID, Path(alias="contact", description="The contact's id.")]
Eraser = Annotated[Caller, requires("contacts:erase")]


async def _get_contact(tx: Connection, id: UUID) -> Contact:
    """The contact with this id. Raises NotFound."""
    contact = await find_contact_by_id(tx, id)
    if contact is None:
        raise NotFound(f"Contact {id}")
    return contact


@routes.post("/{contact}/erasure", status_code=201)
async def request_contact_erasure(
    contact_id: ContactId, body: ErasureCreate, response: Response, caller: Eraser, tx: Transaction
) -> ErasureRead:
    """Ask for the erasure of a contact. Nothing is erased before another person confirms it."""
    await _get_contact(tx, contact_id)
    at = await transaction_time(tx)
    erasure = await request_erasure(tx, contact_id, caller.actor, body.reason, at)
    if erasure.requested_by != caller.sub:
        detail = f"{erasure.requested_by} asked for it already: confirm it instead."
        raise Conflict(detail, code="ERASURE_REQUESTED")
    response.headers["Location"] = f"/v1/contacts/{contact_id}/erasure"
    return ErasureRead.model_validate(erasure)


@routes.get("/{contact}/erasure")
async def get_contact_erasure(
    contact_id: ContactId, caller: Eraser, tx: Transaction
) -> ErasureRead:
    """Get the erasure of a contact: asked for by whom, and confirmed by whom."""
    erasure = await store.find(tx, contact_id)
    if erasure is None:
        raise NotFound(f"An erasure of contact {contact_id}")
    return ErasureRead.model_validate(erasure)


@routes.post("/{contact}/erasure/confirm", response_model=ErasureRead)
async def confirm_contact_erasure(
    contact_id: ContactId, caller: Eraser, tx: Transaction
) -> ErasureRead | Response:
    """Confirm the erasure of a contact, and carry it out, in all services within seconds.

    Their name, address and phone go, and the words of their tickets, messages and mails; what
    happened when stays. It cannot be undone.
    """
    erasure = await store.find(tx, contact_id)
    if erasure is None:
        raise NotFound(f"An erasure of contact {contact_id}")
    contact = await _get_contact(tx, contact_id)
    at = await transaction_time(tx)
    outcome = await confirm_erasure(tx, contact, erasure, caller.actor, at)
    if isinstance(outcome, Rejection):
        return rejection_response(outcome, status=403 if outcome.code == "FOUR_EYES" else 409)
    return ErasureRead.model_validate(outcome)
