"""Mails from the gateway (J1): a mail is stored first and processed second.

The raw mail is committed before anything reads it, so no error can lose it. A mail that cannot be
processed now is processed again at its deadline.
"""

import asyncio
from dataclasses import replace
from typing import Annotated, Final

from fastapi import Request, Response

from common.auth import Caller, requires
from common.errors import UnsupportedMediaType, ValidationFailed, Violation
from common.http import authorized_router, runtime_of
from common.persistence.database import Database, transaction_time
from common.persistence.ids import uuid7
from common.telemetry import logger
from intake.mail import store as mails
from intake.mail.commands import process
from intake.mail.dependencies import MEDIA_TYPE, mail_response, to_result
from intake.mail.domain.mail import find_message_id, fingerprint, has_date
from intake.mail.mail_reader import read_mail
from intake.mail.schemas import MailResult
from intake.mail.store import StoredMail

log = logger(__name__)

MAX_SHORT_BYTES: Final = 262_144
"""Up to how many bytes a mail's digest takes less time than to hand it to a thread."""

# Not transactional: its route commits twice, the raw mail and what it led to.
routes = authorized_router("/v1/emails", ["emails"])


@routes.post(
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
    runtime = runtime_of(request.app)
    database = runtime.database
    stored, is_new = await _store_raw(database, raw, caller.sub, runtime.settings.mail_gateway_name)
    try:
        result = await _process(database, stored, raw, is_new)
    except Exception:
        # The mail is stored; it is read again (`rereading`), until that succeeds.
        log.exception("mail.not_processed", mail=str(stored.id))
        result = MailResult(id=stored.id, outcome="received")
    return mail_response(result)


async def _store_raw(
    database: Database, raw: bytes, actor: str, gateway: str | None
) -> tuple[StoredMail, bool]:
    """Commit the mail as it came. The stored mail, and whether it is new."""
    is_short = len(raw) <= MAX_SHORT_BYTES
    identity = _identity(raw) if is_short else await asyncio.to_thread(_identity, raw)
    digest, message_id, is_unique = identity
    async with database.transaction() as tx:
        at = await transaction_time(tx)
        mail = StoredMail(uuid7(), message_id, digest, raw, actor, at, gateway=gateway)
        if not is_unique:
            mail = replace(mail, occurrence=await mails.count_earlier(tx, mail))
        id = await mails.insert_or_get(tx, mail)
    return mail if id == mail.id else replace(mail, id=id), id == mail.id


def _identity(raw: bytes) -> tuple[str, str, bool]:
    """Fingerprint and message id, by which a mail is recognised that comes again, and whether they suffice.

    A program may send the same words each day: without id or date they are no proof of a repetition.
    """
    message_id = find_message_id(raw)
    return fingerprint(raw), message_id, bool(message_id) and has_date(raw)


async def _process(database: Database, stored: StoredMail, raw: bytes, is_new: bool) -> MailResult:
    if not is_new:
        async with database.transaction() as tx:
            stored = await mails.lock(tx, stored.id)
            if stored.outcome != "received":
                return await to_result(tx, stored, is_new=is_new)
    # Outside of a transaction: a mail that takes long to read must not hold a connection.
    read = await read_mail(raw)
    async with database.transaction() as tx:
        return await to_result(tx, await process(tx, stored, read), is_new=is_new)
