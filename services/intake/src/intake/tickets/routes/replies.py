"""Messages on a ticket: read them, and reply (R11)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Response

from common.domain import Rejection
from common.errors import Conflict, Forbidden, Problem
from common.events.tickets import TicketReplied
from common.http import Page, Paging, Transaction, router
from common.persistence.database import Connection, transaction_time
from common.persistence.ids import uuid7
from common.wording import Finding
from intake.directory import names
from intake.reads.recorder import Reads
from intake.tickets.attached_files import add_with_uploads
from intake.tickets.commands import record_customer_reply, save_change
from intake.tickets.dependencies import (
    ReplyAction,
    TicketAction,
    TicketReader,
    TicketReference,
    get_visible_ticket,
)
from intake.tickets.domain.message import Message, check_reply
from intake.tickets.domain.message_check import MessageCheck
from intake.tickets.domain.ticket import Ticket
from intake.tickets.events import event_spec
from intake.tickets.message_check import CheckedText, OwnText, read_own_text
from intake.tickets.schemas.messages import MessageRead, to_message_response
from intake.tickets.schemas.requests import ReplyCreate
from intake.tickets.store import mails_to_contacts, message_checks, messages, tickets

routes = router("/v1/tickets", ["ticket messages"])


@routes.get("/{ticket}/messages")
async def list_messages(
    ref: TicketReference,
    caller: TicketReader,
    tx: Transaction,
    reads: Reads,
    page: Annotated[Paging, Depends()],
) -> Page[MessageRead]:
    """List the messages on a ticket, oldest first. Contacts do not see internal notes."""
    ticket = get_visible_ticket(caller, await tickets.find(tx, ref), ref)
    await reads.note(caller, f"ticket/{ticket.id}")
    is_staff = caller.customer is None
    rows = await messages.list_of_ticket(
        tx, ticket.id, internal=is_staff, after=page.after_as(UUID), limit=page.limit
    )
    ids = [message.id for message in rows] if is_staff else []
    mails = await mails_to_contacts.of_messages(tx, ids)
    checks = await message_checks.of_messages(tx, ids)
    known = await names.of_accounts(tx, {message.author for message in rows})
    return page.page_of(
        rows,
        lambda message: to_message_response(
            caller,
            message,
            mails.get(message.id, ()),
            checks.get(message.id),
            author_name=known.get(message.author),
        ),
        lambda message: (message.id,),
    )


@routes.post("/{ticket}/replies", status_code=201)
async def create_reply(action: ReplyAction, body: ReplyCreate, response: Response) -> MessageRead:
    """Reply to a ticket: for the customer, for us, or as an internal note among staff.

    What staff writes to the customer is checked first: a hard finding refuses it (422), soft ones are
    in `findings`.
    """
    own = await _own_text(action, body)
    before = await action.lock_ticket()
    at = await transaction_time(action.tx)
    from_customer = action.caller.customer is not None
    if rejection := check_reply(before, body.visibility, from_customer=from_customer, at=at):
        raise await _refused(action.tx, before, rejection)
    message = _message(action, before, body, at)
    response.headers["Location"] = f"/v1/tickets/{before.key}/messages"
    if not from_customer:
        return await _reply_as_staff(action, before, message, own, body)
    message = await add_with_uploads(action.tx, action.caller, message, body.attachments)
    await record_customer_reply(action.tx, before, message.id, action.caller.actor, at)
    return await _to_response(action, message)


def _message(action: TicketAction, ticket: Ticket, body: ReplyCreate, at: datetime) -> Message:
    return Message(
        id=uuid7(),
        ticket_id=ticket.id,
        visibility=body.visibility,
        direction="outbound" if action.caller.customer is None else "inbound",
        author=action.caller.sub,
        text=body.text,
        at=at,
    )


async def _own_text(action: TicketAction, body: ReplyCreate) -> OwnText | None:
    """What staff writes to the customer; None for what the customer writes, and for notes."""
    if action.caller.customer is not None or body.visibility == "internal":
        return None
    return await read_own_text(body.text)


async def _reply_as_staff(
    action: TicketAction,
    ticket: Ticket,
    message: Message,
    own: OwnText | None,
    body: ReplyCreate,
) -> MessageRead:
    """Store a reply of ours, once its words are checked, and announce it; of a note nobody is told."""
    checked = CheckedText()
    if own is not None:
        checked = await action.check_text(ticket, own, body.overrule_reason)
    message = await add_with_uploads(action.tx, action.caller, message, body.attachments)
    check = await action.record_check(ticket, checked, "reply", message.at, message.id)
    events = [event_spec(TicketReplied, message_id=message.id)] if message.is_public else []
    grounds = {"message_id": str(message.id), "visibility": message.visibility}
    await save_change(
        action.tx,
        ticket,
        ticket,
        action.caller.actor,
        message.at,
        "ticket.reply",
        *events,
        grounds=grounds | checked.grounds,
    )
    findings = checked.findings if message.is_public else None
    return await _to_response(action, message, check, findings)


async def _to_response(
    action: TicketAction,
    message: Message,
    check: MessageCheck | None = None,
    findings: Sequence[Finding] | None = None,
) -> MessageRead:
    known = await names.of_accounts(action.tx, [message.author])
    author_name = known.get(message.author)
    return to_message_response(action.caller, message, (), check, findings, author_name=author_name)


async def _refused(tx: Connection, ticket: Ticket, rejection: Rejection) -> Problem:
    """The problem of a message that cannot be added; of a merged ticket it names where to reply."""
    if rejection.code == "STAFF_ONLY":
        return Forbidden(rejection.detail)
    if rejection.code != "MERGED":
        return Conflict(rejection.detail, code=rejection.code)
    into = await tickets.find(tx, str(ticket.merged_into))
    return Conflict(f"{ticket.key} was merged: reply on {into and into.key}.", code="MERGED")
