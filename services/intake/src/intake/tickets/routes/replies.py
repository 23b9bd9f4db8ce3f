"""Messages on a ticket: read them, and reply (R11)."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Response

from common.domain import Rejection
from common.errors import Conflict, Forbidden, Problem
from common.events.tickets import TicketReplied
from common.http import Page, Paging, Transaction, router
from common.persistence.database import Connection, transaction_time
from common.persistence.ids import uuid7
from intake.directory import names
from intake.tickets.attached_files import add_with_uploads
from intake.tickets.commands import record_customer_reply, save_change
from intake.tickets.dependencies import (
    ReplyAction,
    TicketReader,
    TicketReference,
    get_visible_ticket,
)
from intake.tickets.domain.message import Message, check_reply
from intake.tickets.domain.ticket import Ticket
from intake.tickets.events import event_spec
from intake.tickets.schemas.requests import ReplyCreate
from intake.tickets.schemas.responses import MessageRead, to_message_response
from intake.tickets.store import mails_to_contacts, messages, tickets

routes = router("/v1/tickets", ["ticket messages"])


@routes.get("/{ticket}/messages")
async def list_messages(
    ref: TicketReference, caller: TicketReader, tx: Transaction, page: Annotated[Paging, Depends()]
) -> Page[MessageRead]:
    """List the messages on a ticket, oldest first. Contacts do not see internal notes."""
    ticket = get_visible_ticket(caller, await tickets.find(tx, ref), ref)
    is_staff = caller.customer is None
    rows = await messages.list_of_ticket(
        tx, ticket.id, internal=is_staff, after=page.after_as(UUID), limit=page.limit
    )
    ids = [message.id for message in rows] if is_staff else []
    mails = await mails_to_contacts.of_messages(tx, ids)
    known = await names.of_accounts(tx, {message.author for message in rows})
    return page.page_of(
        rows,
        lambda message: to_message_response(
            caller, message, mails.get(message.id, ()), author_name=known.get(message.author)
        ),
        lambda message: (message.id,),
    )


@routes.post("/{ticket}/replies", status_code=201)
async def create_reply(action: ReplyAction, body: ReplyCreate, response: Response) -> MessageRead:
    """Reply to a ticket: for the customer, for us, or as an internal note among staff."""
    before = await action.lock_ticket()
    at = await transaction_time(action.tx)
    from_customer = action.caller.customer is not None
    if rejection := check_reply(before, body.visibility, from_customer=from_customer, at=at):
        raise await _refused(action.tx, before, rejection)
    message = Message(
        id=uuid7(),
        ticket_id=before.id,
        visibility=body.visibility,
        direction="inbound" if from_customer else "outbound",
        author=action.caller.sub,
        text=body.text,
        at=at,
    )
    message = await add_with_uploads(action.tx, action.caller, message, body.attachments)
    if from_customer:
        await record_customer_reply(action.tx, before, message.id, action.caller.actor, at)
    else:
        events = [event_spec(TicketReplied, message_id=message.id)] if message.is_public else []
        grounds = {"message_id": str(message.id), "visibility": message.visibility}
        await save_change(
            action.tx,
            before,
            before,
            action.caller.actor,
            at,
            "ticket.reply",
            *events,
            grounds=grounds,
        )
    response.headers["Location"] = f"/v1/tickets/{before.key}/messages"
    known = await names.of_accounts(action.tx, [message.author])
    return to_message_response(action.caller, message, author_name=known.get(message.author))


async def _refused(tx: Connection, ticket: Ticket, rejection: Rejection) -> Problem:
    """The problem of a message that cannot be added; of a merged ticket it names where to reply."""
    if rejection.code == "STAFF_ONLY":
        return Forbidden(rejection.detail)
    if rejection.code != "MERGED":
        return Conflict(rejection.detail, code=rejection.code)
    into = await tickets.find(tx, str(ticket.merged_into))
    return Conflict(f"{ticket.key} was merged: reply on {into and into.key}.", code="MERGED")
