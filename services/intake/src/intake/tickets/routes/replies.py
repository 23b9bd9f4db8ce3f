"""Messages on a ticket: read them, and reply (R11)."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Response

from common.errors import Conflict, Forbidden
from common.events.tickets import TicketReplied
from common.http import Page, Paging, Transaction, router
from common.persistence.database import transaction_time
from common.persistence.ids import uuid7
from intake.tickets.commands import record_customer_reply, save_change
from intake.tickets.dependencies import (
    ReplyAction,
    TicketReader,
    TicketReference,
    get_visible_ticket,
)
from intake.tickets.domain.message import Message
from intake.tickets.domain.ticket import is_past_reopening
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
    return page.page_of(
        rows,
        lambda message: to_message_response(caller, message, mails.get(message.id, ())),
        lambda message: (message.id,),
    )


@routes.post("/{ticket}/replies", status_code=201)
async def create_reply(action: ReplyAction, body: ReplyCreate, response: Response) -> MessageRead:
    """Reply to a ticket: for the customer, for us, or as an internal note among staff."""
    before = await action.lock_ticket()
    at = await transaction_time(action.tx)
    from_customer = action.caller.customer is not None
    if from_customer and body.visibility == "internal":
        raise Forbidden("Internal notes are for staff. Leave `visibility` out.")
    if before.merged_into is not None:
        into = await tickets.find(action.tx, str(before.merged_into))
        raise Conflict(f"{before.key} was merged: reply on {into and into.key}.", code="MERGED")
    if from_customer and is_past_reopening(before, at):
        detail = f"{before.key} was closed too long ago to be opened again. Open another one that is linked to it: POST /v1/tickets/{before.key}/follow-on."
        raise Conflict(detail, code="REOPENING_EXPIRED")
    message = Message(
        id=uuid7(),
        ticket_id=before.id,
        visibility=body.visibility,
        direction="inbound" if from_customer else "outbound",
        author=action.caller.sub,
        text=body.text,
        at=at,
    )
    message = await messages.add(action.tx, message)
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
    return to_message_response(action.caller, message)
