"""Which version a caller means, and whether it exists for them (R4: 404, never 403)."""

from uuid import UUID

from common.auth import Caller
from common.errors import NotFound
from common.persistence.database import Connection
from sla.agreements.schemas.responses import AgreementTold, told
from sla.agreements.store import agreements
from sla.agreements.store.version_rows import AgreementVersion


async def seen(
    tx: Connection, name: UUID | str, caller: Caller, version: int | None = None
) -> AgreementVersion:
    """Raises NotFound."""
    found = await agreements.find(tx, name, seen_by=caller.customer, version=version)
    if found is None:
        raise NotFound("This agreement")
    return found


async def locked(tx: Connection, name: UUID | str, caller: Caller) -> AgreementVersion:
    """The same, its agreement locked, loaded after the wait. Raises NotFound."""
    found = await seen(tx, name, caller)
    await agreements.lock(tx, found.agreement_id)
    return await seen(tx, found.agreement.id, caller)


def shown(found: AgreementVersion, caller: Caller) -> AgreementTold:
    return told(found, caller.customer)
