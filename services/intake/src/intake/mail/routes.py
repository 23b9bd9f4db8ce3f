"""The HTTP routes of e-mails (J1): a mail is stored first and processed second.

The raw mail is committed before anything reads it, so no error can lose it. A mail that cannot be
processed now is processed again at its deadline.
"""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Annotated, Final
from uuid import UUID

from fastapi import Depends, Request, Response

from common.auth import Caller, requires
from common.errors import NotFound, UnsupportedMediaType, ValidationFailed, Violation
from common.http import Page, Paging, Transaction, authorized_router, router, runtime_of
from common.persistence.database import Connection, Database, transaction_time
from common.persistence.ids import uuid7
from common.scheduling.deadlines import Deadline, schedule
from common.telemetry import logger
from intake.mail import store as mails
from intake.mail.commands import RETRY_KIND, process
from intake.mail.domain.mail import find_message_id, fingerprint
from intake.mail.mail_reader import read_mail
from intake.mail.schemas import MailRead, MailResult, TicketSummary
from intake.mail.store import Outcome, StoredMail
from intake.tickets.store import tickets

log = logger(__name__)

MEDIA_TYPE: Final = "message/rfc822"
RETRY_DELAY: Final = timedelta(seconds=30)
"""How long after it was stored an unprocessed mail is processed again."""

# Not transactional: its route commits twice, the raw mail and what it led to.
ingest_routes = authorized_router("/v1/emails", ["emails"])
list_routes = router("/v1/emails", ["emails"])


STATUS: Final = {
    "opened": 201,
    "joined": 201,
    "unreadable": 201,
    "duplicate": 200,
    "ignored": 202,
    "received": 202,
}


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
    """Receive a raw e-mail of at most 25 MiB. A mail that is sent twice counts once."""
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media != MEDIA_TYPE:
        raise UnsupportedMediaType(MEDIA_TYPE)
    raw = await request.body()
    if not raw:
        raise ValidationFailed([Violation("", "empty", "send the raw mail as the body")])
    database = runtime_of(request.app).database
    stored, is_new = await _store_raw(database, raw, caller.sub)
    try:
        result = await _process(database, stored, raw, is_new)
    except Exception:
        # The mail is stored; its deadline processes it again, until it succeeds.
        log.exception("mail.not_processed", mail=str(stored.id))
        result = MailResult(id=stored.id, outcome="received")
    return _to_response(result)


@list_routes.get("")
async def list_emails(
    caller: Annotated[Caller, requires("tickets:work")],
    tx: Transaction,
    page: Annotated[Paging, Depends()],
    outcome: Outcome = "ignored",
) -> Page[MailRead]:
    """List e-mails by outcome, newest first. By default those that were ignored as automatic."""
    rows = await mails.list_by_outcome(tx, outcome, page.after_as(UUID), page.limit)
    return page.page_of(rows, MailRead.model_validate, lambda row: (row.id,))


@list_routes.get(
    "/{mail}/raw",
    response_class=Response,
    responses={200: {"content": {MEDIA_TYPE: {"schema": {"type": "string", "format": "binary"}}}}},
)
async def download_email(
    mail: UUID, caller: Annotated[Caller, requires("tickets:work")], tx: Transaction
) -> Response:
    """Download an e-mail as it came, while it is kept.

    Nothing in it is verified: open it in a viewer that loads and runs nothing.
    """
    stored = await mails.find(tx, mail)
    if stored is None or stored.raw_deleted_at is not None:
        raise NotFound("This mail")
    disposition = {"Content-Disposition": f'attachment; filename="{stored.id}.eml"'}
    return Response(stored.raw, media_type=MEDIA_TYPE, headers=disposition)


async def _store_raw(database: Database, raw: bytes, actor: str) -> tuple[StoredMail, bool]:
    """Commit the mail as it came. The stored mail, and whether it is new."""
    digest, message_id = await asyncio.to_thread(_identity, raw)
    async with database.transaction() as tx:
        at = await transaction_time(tx)
        mail = StoredMail(uuid7(), message_id, digest, raw, actor, at)
        id = await mails.insert_or_get(tx, mail)
        if id == mail.id:
            await schedule(tx, [Deadline(RETRY_KIND, id, at + RETRY_DELAY)])
    return mail if id == mail.id else replace(mail, id=id), id == mail.id


def _identity(raw: bytes) -> tuple[str, str]:
    """Fingerprint and message id, by which a mail is recognised that comes again."""
    return fingerprint(raw), find_message_id(raw)


async def _process(database: Database, stored: StoredMail, raw: bytes, is_new: bool) -> MailResult:
    if not is_new:
        async with database.transaction() as tx:
            existing = await mails.lock(tx, stored.id)
            if existing.outcome != "received":
                return await _to_result(tx, existing, is_new)
    # Outside of a transaction: a mail that takes long to read must not hold a connection.
    read = await read_mail(raw)
    async with database.transaction() as tx:
        return await _to_result(tx, await process(tx, stored.id, read), is_new)


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
