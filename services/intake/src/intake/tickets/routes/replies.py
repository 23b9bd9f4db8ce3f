"""Messages on a ticket: what was said, and saying something (R11)."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Response
from pydantic import Field

from common.auth import Caller, needs
from common.errors import Conflict, Forbidden
from common.events.tickets import TicketReplied
from common.http import Asked, Page, Paging, cursor, router
from common.persistence.database import Transaction, moment
from common.persistence.ids import uuid7
from intake.mail.commands import customer_replied
from intake.tickets.commands import fact, record
from intake.tickets.dependencies import Ref, Writing, seen
from intake.tickets.domain.message import Message, Visibility
from intake.tickets.schemas.responses import HandOverShown, MessageShown
from intake.tickets.store import messages, tickets

routes = router("/v1/tickets", ["ticket messages"])

Reader = Annotated[Caller, needs("tickets:read")]


class Reply(Asked):
    """`internal` ones are notes among staff: for customers they do not exist."""

    text: Annotated[str, Field(min_length=1, max_length=100_000)]
    visibility: Visibility = "public"


@routes.get("/{ref}/messages")
async def list_messages(
    ref: Ref, caller: Reader, tx: Transaction, page: Annotated[Paging, Depends()]
) -> Page[MessageShown]:
    """What was said on a ticket, oldest first."""
    ticket = seen(caller, await tickets.find(tx, ref), ref)
    after = page.after_as(UUID)
    found = await messages.of_ticket(
        tx,
        ticket.id,
        internal=caller.customer is None,
        after=after[0] if after else None,
        limit=page.limit + 1,
    )
    items = [MessageShown.model_validate(one) for one in found[: page.limit]]
    more = len(found) > page.limit
    return Page[MessageShown](items=items, next=cursor(items[-1].id) if more else None)


@routes.get("/{ref}/hand-overs")
async def hand_overs(
    ref: Ref, caller: Annotated[Caller, needs("tickets:verify")], tx: Transaction
) -> list[HandOverShown]:
    """The hand-over records of a ticket, for staff."""
    ticket = seen(caller, await tickets.find(tx, ref), ref)
    return [
        HandOverShown.model_validate(one) for one in await messages.hand_overs_of(tx, ticket.id)
    ]


@routes.post("/{ref}/replies", status_code=201)
async def reply(desk: Writing, asked: Reply, response: Response) -> MessageShown:
    """Say something on a ticket: staff to the customer, or among themselves; customers to us."""
    before = await desk.ticket()
    at = await moment(desk.tx)
    from_customer = desk.caller.customer is not None
    if from_customer and asked.visibility == "internal":
        raise Forbidden("Internal notes are for staff. Leave `visibility` out.")
    if before.merged_into is not None:
        into = await tickets.find(desk.tx, str(before.merged_into))
        raise Conflict(f"{before.key} was merged: reply on {into and into.key}.", type="merged")
    message = Message(
        id=uuid7(),
        ticket_id=before.id,
        visibility=asked.visibility,
        direction="inbound" if from_customer else "outbound",
        author=desk.caller.sub,
        text=asked.text,
        at=at,
    )
    await messages.add(desk.tx, message)
    if from_customer:
        await customer_replied(desk.tx, before, message.id, desk.by, at)
    else:
        facts = [fact(TicketReplied, message_id=message.id)] if message.is_public else []
        grounds = {"message_id": str(message.id), "visibility": message.visibility}
        await record(desk.tx, before, before, desk.by, at, "ticket.reply", *facts, grounds=grounds)
    response.headers["Location"] = f"/v1/tickets/{before.key}/messages"
    return MessageShown.model_validate(message)
