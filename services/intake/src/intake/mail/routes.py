"""Mails from the gateway (J1): kept first, understood second.

The raw mail is committed before anything tries to understand it, so nothing that is wrong with it,
or with us, can lose it. What could not be understood now is tried again by its deadline.
"""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Annotated, Final, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from common.auth import Caller, requires
from common.errors import UnsupportedMediaType, ValidationFailed, Violation
from common.http import Page, Paging, ResponseModel, encode_cursor, router
from common.http.openapi import ERROR_RESPONSES
from common.persistence.database import Connection, Database, Transaction, transaction_time
from common.persistence.ids import uuid7
from common.scheduling.deadlines import Deadline, schedule
from common.telemetry import logger
from intake.mail import store as mails
from intake.mail.commands import RETRY_KIND, process
from intake.mail.domain.mail import find_message_id, fingerprint
from intake.mail.store import Outcome, StoredMail
from intake.tickets.schemas.responses import MailRead
from intake.tickets.store import tickets

log = logger(__name__)

MEDIA_TYPE: Final = "message/rfc822"
RETRY_DELAY: Final = timedelta(seconds=30)
"""After how long a mail is looked at again that was kept and not understood."""

# Not transactional by itself: this route commits twice, what came and then what it means.
ingest_routes = APIRouter(prefix="/v1/emails", tags=["emails"], responses=ERROR_RESPONSES)
list_routes = router("/v1/emails", ["emails"])


class TicketSummary(ResponseModel):
    id: UUID
    key: str


class MailResult(ResponseModel):
    """`opened` a ticket, `joined` one, was a `duplicate`, was `ignored` (a machine's), or only
    `received`: kept, and understood later."""

    id: UUID
    outcome: Literal["opened", "joined", "duplicate", "ignored", "received"]
    reason: str | None = None
    ticket: TicketSummary | None = None


STATUS: Final = {"opened": 201, "joined": 201, "duplicate": 200, "ignored": 202, "received": 202}


@ingest_routes.post(
    "",
    response_model=MailResult,
    status_code=201,
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {MEDIA_TYPE: {"schema": {"type": "string", "format": "binary"}}},
        }
    },
)
async def receive_email(
    request: Request, caller: Annotated[Caller, requires("emails:write")]
) -> Response:
    """Take a raw mail in, at most 25 MiB. Sent twice it is one mail."""
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media != MEDIA_TYPE:
        raise UnsupportedMediaType(MEDIA_TYPE)
    raw = await request.body()
    if not raw:
        raise ValidationFailed([Violation("", "empty", "send the raw mail as the body")])
    database: Database = request.app.state.database
    stored, is_new = await _store_raw(database, raw, caller.sub)
    try:
        async with database.transaction() as tx:
            stored = await process(tx, stored.id)
            result = await _to_result(tx, stored, is_new)
    except Exception:
        # It is kept: its deadline tries again, and says so until it succeeds.
        log.exception("mail.not_understood", mail=str(stored.id))
        result = MailResult(id=stored.id, outcome="received")
    return _to_response(result)


@list_routes.get("")
async def list_emails(
    caller: Annotated[Caller, requires("tickets:work")],
    tx: Transaction,
    page: Annotated[Paging, Depends()],
    outcome: Outcome = "ignored",
) -> Page[MailRead]:
    """Mails by what became of them, newest first; by default those held for a machine's."""
    after = page.after_as(UUID)
    rows = await mails.list_by_outcome(tx, outcome, after[0] if after else None, page.limit + 1)
    items = [MailRead.model_validate(one) for one in rows[: page.limit]]
    more = len(rows) > page.limit
    return Page[MailRead](items=items, next=encode_cursor(items[-1].id) if more else None)


async def _store_raw(database: Database, raw: bytes, actor: str) -> tuple[StoredMail, bool]:
    """Commit the mail as it came. The one that is kept, and whether this one is it."""
    digest, message_id = await asyncio.to_thread(_identity, raw)
    async with database.transaction() as tx:
        at = await transaction_time(tx)
        mail = StoredMail(uuid7(), message_id, digest, raw, actor, at)
        id = await mails.insert_or_get(tx, mail)
        if id == mail.id:
            await schedule(tx, [Deadline(RETRY_KIND, id, at + RETRY_DELAY)])
    return mail if id == mail.id else replace(mail, id=id), id == mail.id


def _identity(raw: bytes) -> tuple[str, str]:
    return fingerprint(raw), find_message_id(raw)


async def _to_result(tx: Connection, stored: StoredMail, is_new: bool) -> MailResult:
    ticket = await tickets.find(tx, str(stored.ticket_id)) if stored.ticket_id else None
    return MailResult(
        id=stored.id,
        outcome=stored.outcome if is_new or stored.outcome == "ignored" else "duplicate",
        reason=stored.reason,
        ticket=TicketSummary(id=ticket.id, key=ticket.key) if ticket else None,
    )


def _to_response(result: MailResult) -> Response:
    status = STATUS[result.outcome]
    response = Response(result.model_dump_json(), status, media_type="application/json")
    if result.ticket:
        response.headers["Location"] = f"/v1/tickets/{result.ticket.key}"
    return response
