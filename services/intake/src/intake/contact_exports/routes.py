"""`/v1/contacts/{contact}/export`: everything about a contact, as JSON lines."""

from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import Path, Request, Response

from common import audit
from common.auth import Caller, requires
from common.errors import NotFound
from common.http import authorized_router, runtime_of
from common.http.streamed import JSON_LINES, stream_file
from common.persistence.database import transaction_time
from common.persistence.workload import LISTS
from intake.contact_exports import store
from intake.directory.store import find_contact_by_id

# Not transactional: what is streamed must not hold a connection while somebody reads it.
routes = authorized_router("/v1/contacts", ["reference data"])

_LINES: Final[dict[int | str, dict[str, Any]]] = {
    200: {"content": {JSON_LINES: {"schema": {"type": "string"}}}}
}


@routes.get("/{contact}/export", response_class=Response, responses=_LINES)
async def export_contact(
    contact_id: Annotated[UUID, Path(alias="contact", description="The contact's id.")],
    request: Request,
    caller: Annotated[Caller, requires("contacts:export")],
) -> Response:
    """Export everything that intake stores about a contact, one JSON object a line. Who did is recorded.

    Each line has `part` and `record`, the last one the part `end`: without it the file is not whole. Of
    mails and files it has names, sizes and hashes; `as_it_came` is where the bytes are. It also has what
    others wrote on the contact's tickets: look through it before you hand it out.
    """
    database = runtime_of(request.app).database.for_workload(LISTS)
    async with database.transaction() as tx:
        contact = await find_contact_by_id(tx, contact_id)
        if contact is None:
            raise NotFound(f"Contact {contact_id}")
        addresses = [one for one in (contact.address, *contact.other_addresses) if one]
        scope = await store.find_scope(tx, contact.id, addresses)
        at = await transaction_time(tx)
        grounds = {"tickets": len(scope.tickets)}
        entry = audit.Entry.by(caller.actor, at, "contact.export", scope.name, grounds)
        await audit.record(tx, entry)
    return stream_file(store.lines(database, scope), JSON_LINES, f"contact-{contact.id}.jsonl")
