"""`/v1/contacts/{contact}/export`: what sla stores about a contact, as JSON lines (R16)."""

import json
from collections.abc import AsyncIterator
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import Path, Request, Response

from common import audit
from common.auth import Caller, requires
from common.errors import NotFound
from common.http import authorized_router, runtime_of
from common.http.streamed import JSON_LINES, stream_file
from common.persistence.database import Database, transaction_time
from common.persistence.workload import LISTS
from sla.agreements.store import comments
from sla.directory.store.directory import contact_exists

# Not transactional: what is streamed must not hold a connection while somebody reads it.
routes = authorized_router("/v1/contacts", ["agreements"])

COMMENTS_AT_ONCE: Final = 100
_LINES: Final[dict[int | str, dict[str, Any]]] = {
    200: {"content": {JSON_LINES: {"schema": {"type": "string"}}}}
}


@routes.get("/{contact}/export", response_class=Response, responses=_LINES)
async def export_contact_comments(
    contact: Annotated[UUID, Path(description="The contact's id.")],
    request: Request,
    caller: Annotated[Caller, requires("contacts:export")],
) -> Response:
    """Export what sla stores about a contact, one JSON object a line: comments on agreements. Who did is recorded.

    Each line has `part` and `record`, the last one the part `end`. Everything else, also the titles of
    tickets, which are copies, is in intake's export.
    """
    database = runtime_of(request.app).database.for_workload(LISTS)
    async with database.transaction() as tx:
        if not await contact_exists(tx, contact):
            raise NotFound(f"Contact {contact}")
        at = await transaction_time(tx)
        entry = audit.Entry.by(caller.actor, at, "contact.export", f"contact/{contact}", {})
        await audit.record(tx, entry)
    return stream_file(_lines(database, contact), JSON_LINES, f"contact-{contact}-sla.jsonl")


async def _lines(database: Database, contact: UUID) -> AsyncIterator[str]:
    """The comments a page at a time, each in a transaction of its own; the last line says how many."""
    after: tuple[UUID] | None = None
    count = 0
    while True:
        async with database.transaction() as tx:
            page = await comments.of_contact(tx, contact, COMMENTS_AT_ONCE, after)
        for one in page:
            count += 1
            yield _line("comments", comments.to_record(one))
        if len(page) < COMMENTS_AT_ONCE:
            break
        after = (page[-1].id,)
    yield _line("end", {"records": count})


def _line(part: str, record: dict[str, object]) -> str:
    return json.dumps({"part": part, "record": record}, default=str, ensure_ascii=False) + "\n"
