"""Messages on a ticket: what was said, and saying something (R11)."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Response
from pydantic import Field

from common.auth import Caller, requires
from common.errors import Conflict, Forbidden
from common.events.tickets import TicketReplied
from common.http import Page, Paging, RequestModel, encode_cursor, router
from common.persistence.database import Transaction, transaction_time
from common.persistence.ids import uuid7
from intake.mail.commands import record_customer_reply
from intake.tickets.commands import event_spec, save_change
from intake.tickets.dependencies import ReplyAction, TicketReference, get_visible_ticket
from intake.tickets.domain.message import Message, Visibility
from intake.tickets.schemas.responses import HandOverRead, MessageRead
from intake.tickets.store import messages, tickets

routes = router("/v1/tickets", ["ticket messages"])

Reader = Annotated[Caller, requires("tickets:read")]


class ReplyCreate(RequestModel):
    """`internal` ones are notes among staff: for customers they do not exist."""

    text: Annotated[str, Field(min_length=1, max_length=100_000)]
    visibility: Visibility = "public"


@routes.get("/{ref}/messages")
async def list_messages(
    ref: TicketReference, caller: Reader, tx: Transaction, page: Annotated[Paging, Depends()]
) -> Page[MessageRead]:
    """What was said on a ticket, oldest first."""
    ticket = get_visible_ticket(caller, await tickets.find(tx, ref), ref)
    after = page.after_as(UUID)
    rows = await messages.list_of_ticket(
        tx,
        ticket.id,
        internal=caller.customer is None,
        after=after[0] if after else None,
        limit=page.limit + 1,
    )
    items = [MessageRead.model_validate(one) for one in rows[: page.limit]]
    more = len(rows) > page.limit
    return Page[MessageRead](items=items, next=encode_cursor(items[-1].id) if more else None)


@routes.get("/{ref}/hand-overs")
async def list_hand_overs(
    ref: TicketReference, caller: Annotated[Caller, requires("tickets:verify")], tx: Transaction
) -> list[HandOverRead]:
    """The hand-over records of a ticket, for staff."""
    ticket = get_visible_ticket(caller, await tickets.find(tx, ref), ref)
    return [
        HandOverRead.model_validate(one) for one in await messages.list_hand_overs(tx, ticket.id)
    ]


@routes.post("/{ref}/replies", status_code=201)
async def create_reply(action: ReplyAction, body: ReplyCreate, response: Response) -> MessageRead:
    """Say something on a ticket: staff to the customer, or among themselves; customers to us."""
    before = await action.lock_ticket()
    at = await transaction_time(action.tx)
    from_customer = action.caller.customer is not None
    if from_customer and body.visibility == "internal":
        raise Forbidden("Internal notes are for staff. Leave `visibility` out.")
    if before.merged_into is not None:
        into = await tickets.find(action.tx, str(before.merged_into))
        raise Conflict(f"{before.key} was merged: reply on {into and into.key}.", type="merged")
    message = Message(
        id=uuid7(),
        ticket_id=before.id,
        visibility=body.visibility,
        direction="inbound" if from_customer else "outbound",
        author=action.caller.sub,
        text=body.text,
        at=at,
    )
    await messages.add(action.tx, message)
    if from_customer:
        await record_customer_reply(action.tx, before, message.id, action.actor, at)
    else:
        events = [event_spec(TicketReplied, message_id=message.id)] if message.is_public else []
        grounds = {"message_id": str(message.id), "visibility": message.visibility}
        await save_change(
            action.tx, before, before, action.actor, at, "ticket.reply", *events, grounds=grounds
        )
    response.headers["Location"] = f"/v1/tickets/{before.key}/messages"
    return MessageRead.model_validate(message)
