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

from common.auth import Caller, needs
from common.errors import Invalid, UnsupportedMedia, Violation
from common.http import Page, Paging, Told, cursor, router
from common.http.openapi import REFUSALS
from common.persistence.database import Connection, Database, Transaction, moment
from common.persistence.ids import uuid7
from common.scheduling.deadlines import Deadline, arm
from common.telemetry import logger
from intake.mail import store as mails
from intake.mail.commands import UNREAD, understand
from intake.mail.domain.mail import fingerprint, message_id_of
from intake.mail.store import KeptMail, Outcome
from intake.tickets.schemas.responses import MailShown
from intake.tickets.store import tickets

log = logger(__name__)

MEDIA: Final = "message/rfc822"
SECOND_LOOK: Final = timedelta(seconds=30)
"""After how long a mail is looked at again that was kept and not understood."""

# Not transactional by itself: this route commits twice, what came and then what it means.
taking = APIRouter(prefix="/v1/emails", tags=["emails"], responses=REFUSALS)
listing = router("/v1/emails", ["emails"])


class TicketNamed(Told):
    id: UUID
    key: str


class MailTaken(Told):
    """`opened` a ticket, `joined` one, was a `duplicate`, was `ignored` (a machine's), or only
    `received`: kept, and understood later."""

    id: UUID
    outcome: Literal["opened", "joined", "duplicate", "ignored", "received"]
    reason: str | None = None
    ticket: TicketNamed | None = None


STATUS: Final = {"opened": 201, "joined": 201, "duplicate": 200, "ignored": 202, "received": 202}


@taking.post(
    "",
    response_model=MailTaken,
    status_code=201,
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {MEDIA: {"schema": {"type": "string", "format": "binary"}}},
        }
    },
)
async def receive_email(
    request: Request, caller: Annotated[Caller, needs("emails:write")]
) -> Response:
    """Take a raw mail in, at most 25 MiB. Sent twice it is one mail."""
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media != MEDIA:
        raise UnsupportedMedia(MEDIA)
    raw = await request.body()
    if not raw:
        raise Invalid([Violation("", "empty", "send the raw mail as the body")])
    database: Database = request.app.state.database
    kept, is_new = await _keep(database, raw, caller.sub)
    try:
        async with database.transaction() as tx:
            kept = await understand(tx, kept.id)
            taken = await _taken(tx, kept, is_new)
    except Exception:
        # It is kept: its deadline tries again, and says so until it succeeds.
        log.exception("mail.not_understood", mail=str(kept.id))
        taken = MailTaken(id=kept.id, outcome="received")
    return _answered(taken)


@listing.get("")
async def list_emails(
    caller: Annotated[Caller, needs("tickets:work")],
    tx: Transaction,
    page: Annotated[Paging, Depends()],
    outcome: Outcome = "ignored",
) -> Page[MailShown]:
    """Mails by what became of them, newest first; by default those held for a machine's."""
    after = page.after_as(UUID)
    found = await mails.held_back(tx, outcome, after[0] if after else None, page.limit + 1)
    items = [MailShown.model_validate(one) for one in found[: page.limit]]
    more = len(found) > page.limit
    return Page[MailShown](items=items, next=cursor(items[-1].id) if more else None)


async def _keep(database: Database, raw: bytes, by: str) -> tuple[KeptMail, bool]:
    """Commit the mail as it came. The one that is kept, and whether this one is it."""
    digest, message_id = await asyncio.to_thread(_identity, raw)
    async with database.transaction() as tx:
        at = await moment(tx)
        mail = KeptMail(uuid7(), message_id, digest, raw, by, at)
        id = await mails.keep(tx, mail)
        if id == mail.id:
            await arm(tx, [Deadline(UNREAD, id, at + SECOND_LOOK)])
    return mail if id == mail.id else replace(mail, id=id), id == mail.id


def _identity(raw: bytes) -> tuple[str, str]:
    return fingerprint(raw), message_id_of(raw)


async def _taken(tx: Connection, kept: KeptMail, is_new: bool) -> MailTaken:
    ticket = await tickets.find(tx, str(kept.ticket_id)) if kept.ticket_id else None
    return MailTaken(
        id=kept.id,
        outcome=kept.outcome if is_new or kept.outcome == "ignored" else "duplicate",
        reason=kept.reason,
        ticket=TicketNamed(id=ticket.id, key=ticket.key) if ticket else None,
    )


def _answered(taken: MailTaken) -> Response:
    status = STATUS[taken.outcome]
    response = Response(taken.model_dump_json(), status, media_type="application/json")
    if taken.ticket:
        response.headers["Location"] = f"/v1/tickets/{taken.ticket.key}"
    return response
