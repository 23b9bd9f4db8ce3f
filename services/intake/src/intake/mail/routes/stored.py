"""Mails as they are stored: what was held back as a machine's, and each as it came (I2, I3)."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import Depends, Request, Response

from common import audit
from common.auth import Caller, requires
from common.errors import Conflict, NotFound
from common.http import Page, Paging, Transaction, authorized_router, router, runtime_of
from common.persistence.database import transaction_time
from intake.mail import store as mails
from intake.mail.commands import open_held_back
from intake.mail.dependencies import MEDIA_TYPE, mail_response, to_result
from intake.mail.mail_reader import read_mail
from intake.mail.schemas import HeldBackCount, HeldBackCounts, MailRead, MailResult
from intake.mail.store import Deletion, Outcome, StoredMail
from intake.reads.recorder import Reads

routes = router("/v1/emails", ["emails"])
# Not transactional: a mail that takes long to read must not hold a connection.
slow_routes = authorized_router("/v1/emails", ["emails"])

StaffCaller = Annotated[Caller, requires("tickets:work")]
GONE: Final[Mapping[Deletion, str]] = {
    "too_old": "This mail was deleted, since it is too old.",
    "erased": "What this mail said was erased with the contact whom it concerned.",
}
RAW_RESPONSE: Final[dict[int | str, dict[str, Any]]] = {
    200: {"content": {MEDIA_TYPE: {"schema": {"type": "string", "format": "binary"}}}}
}


@routes.get("")
async def list_emails(
    caller: StaffCaller,
    tx: Transaction,
    reads: Reads,
    page: Annotated[Paging, Depends()],
    outcome: Outcome = "ignored",
) -> Page[MailRead]:
    """List e-mails by outcome, newest first. By default those that were held back as a machine's.

    `text` is the beginning of what a mail says that was held back; what others say is on their tickets.
    """
    rows = await mails.list_by_outcome(tx, outcome, page.after_as(UUID), page.limit)
    found = page.page_of(rows, MailRead.model_validate, lambda row: (row.id,))
    await reads.note(caller, *(f"mail/{one.id}" for one in found.items))
    return found


@routes.get("/held-back-counts")
async def count_held_back_emails(caller: StaffCaller, tx: Transaction) -> HeldBackCounts:
    """Count the e-mails that were held back as a machine's, by reason."""
    counts = await mails.count_held_back(tx)
    items = [HeldBackCount(reason=reason, count=count) for reason, count in counts.items()]
    return HeldBackCounts(items=items)


@routes.get("/{mail}")
async def get_email(mail: UUID, caller: StaffCaller, tx: Transaction, reads: Reads) -> MailRead:
    """Get an e-mail, with the whole text of one that was held back."""
    stored = await mails.find_without_raw(tx, mail)
    if stored is None:
        raise NotFound("This mail")
    await reads.note(caller, f"mail/{mail}")
    return MailRead.model_validate(stored)


@routes.get("/{mail}/raw", response_class=Response, responses=RAW_RESPONSE)
async def download_email(mail: UUID, caller: StaffCaller, tx: Transaction) -> Response:
    """Download an e-mail as it came, while it is kept. Who did is recorded.

    Nothing in it is verified: open it in a viewer that loads and runs nothing.
    """
    stored = _with_raw(await mails.find(tx, mail))
    at = await transaction_time(tx)
    entry = audit.Entry.by(caller.actor, at, "mail.download", f"mail/{stored.id}", {})
    await audit.record(tx, entry)
    headers = {
        "Content-Disposition": f'attachment; filename="{stored.id}.eml"',
        "Cache-Control": "private, no-store",
    }
    return Response(stored.raw, media_type=MEDIA_TYPE, headers=headers)


@routes.post("/{mail}/set-aside")
async def set_email_aside(
    mail: UUID, caller: StaffCaller, tx: Transaction, reads: Reads
) -> MailRead:
    """Set an e-mail aside that was held back as a machine's: nobody has to act on it.

    It stays stored, and a ticket can still be opened for it. Asked again, the answer is who did it first.
    """
    stored = await mails.find_without_raw(tx, mail, lock=True)
    if stored is None:
        raise NotFound("This mail")
    await reads.note(caller, f"mail/{mail}")
    if stored.set_aside_by is not None:
        return MailRead.model_validate(stored)
    if stored.outcome != "ignored":
        raise Conflict("Only a mail that was held back can be set aside.", code="NOT_HELD_BACK")
    at = await transaction_time(tx)
    stored = replace(stored, set_aside_by=caller.sub, set_aside_at=at)
    await mails.set_aside(tx, stored)
    grounds = {"held_back_as": stored.reason}
    entry = audit.Entry.by(caller.actor, at, "mail.set_aside", f"mail/{mail}", grounds)
    await audit.record(tx, entry)
    return MailRead.model_validate(stored)


@slow_routes.post("/{mail}/open-ticket", response_model=MailResult, status_code=201)
async def open_ticket_for_email(mail: UUID, request: Request, caller: StaffCaller) -> Response:
    """Open a ticket for an e-mail that was held back as a machine's.

    Asked again, the answer is the ticket that was opened.
    """
    database = runtime_of(request.app).database
    async with database.transaction() as tx:
        stored = await mails.find(tx, mail)
    read = await read_mail(_with_raw(stored).raw)
    async with database.transaction() as tx:
        locked = await mails.lock(tx, mail)
        if locked.ticket_id is not None:
            return mail_response(await to_result(tx, locked, is_new=False))
        if locked.outcome != "ignored":
            detail = "This mail is not processed yet. Try again in a minute."
            raise Conflict(detail, code="MAIL_NOT_PROCESSED", type="conflict")
        opened = await open_held_back(tx, locked, read)
        at = await transaction_time(tx)
        grounds = {"ticket_id": str(opened.ticket_id), "held_back_as": locked.reason}
        entry = audit.Entry.by(caller.actor, at, "mail.open_ticket", f"mail/{mail}", grounds)
        await audit.record(tx, entry)
        return mail_response(await to_result(tx, opened, is_new=True))


def _with_raw(stored: StoredMail | None) -> StoredMail:
    """The mail, if it is still there as it came. Raises NotFound, which says why it is not."""
    if stored is None:
        raise NotFound("This mail")
    if stored.raw_deleted_why is not None:
        raise NotFound(detail=GONE[stored.raw_deleted_why])
    return stored
