"""The version that a request names, if the caller may see it (R4: 404, never 403)."""

from uuid import UUID

from common.auth import Caller
from common.errors import NotFound
from common.persistence.database import Connection
from sla.agreements.domain.outside_party import OutsideParty
from sla.agreements.schemas.responses import AnyAgreement, to_response
from sla.agreements.store import agreements
from sla.agreements.store.version_rows import AgreementVersion


def party_of(caller: Caller) -> OutsideParty | None:
    """The other side that a caller reads for; None for our own people."""
    if caller.partner is not None:
        return OutsideParty("partner", caller.partner)
    return None if caller.customer is None else OutsideParty("customer", caller.customer)


async def get_visible_version(
    tx: Connection, name: UUID | str, caller: Caller, version: int | None = None
) -> AgreementVersion:
    """The version that a caller names. Raises NotFound, also for one that they may not see."""
    stored = await agreements.find(tx, name, seen_by=party_of(caller), version=version)
    if stored is None:
        raise NotFound("This agreement")
    return stored


async def lock_version(tx: Connection, name: UUID | str, caller: Caller) -> AgreementVersion:
    """The same with its agreement locked, as it is after waiting for the lock. Raises NotFound."""
    stored = await get_visible_version(tx, name, caller)
    await agreements.lock(tx, stored.agreement_id)
    return await get_visible_version(tx, stored.agreement.id, caller)


async def get_own_version(tx: Connection, name: UUID | str, caller: Caller) -> AgreementVersion:
    """The same, where the caller is one of its two sides: to customers whom it only covers, what was
    said of it does not exist. Raises NotFound."""
    stored = await get_visible_version(tx, name, caller)
    if caller.customer is not None and not stored.is_made_with(caller.customer):
        raise NotFound("This agreement")
    return stored


def agreement_response(stored: AgreementVersion, caller: Caller) -> AnyAgreement:
    """The version as this caller may read it."""
    return to_response(stored, party_of(caller))
