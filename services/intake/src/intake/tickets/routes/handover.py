"""Hand-overs of a ticket to second level or a partner, and back (R5)."""

from typing import Annotated

from fastapi import Response

from common.auth import Caller, requires
from common.domain import Rejection
from common.events.tickets import TicketForwarded, TicketHandedBack, TicketHandedOver
from common.http import Transaction, router
from common.persistence.database import transaction_time
from common.persistence.ids import uuid7
from intake.directory import store as directory
from intake.tickets.dependencies import TicketReference, WorkAction, get_visible_ticket
from intake.tickets.domain import transitions
from intake.tickets.domain.hand_over import HandOver
from intake.tickets.domain.message import Message
from intake.tickets.domain.ticket import Ticket
from intake.tickets.events import event_spec
from intake.tickets.schemas.action_requests import ForwardRequest, HandBackRequest
from intake.tickets.schemas.responses import HandOverRead, TicketRead
from intake.tickets.store import hand_overs, messages, tickets

routes = router("/v1/tickets", ["ticket actions"])


@routes.post("/{ticket}/forward", response_model=TicketRead)
async def forward_ticket(action: WorkAction, body: ForwardRequest) -> Response:
    """Hand a ticket over to second level or a partner, with a hand-over record."""
    before = await action.lock_ticket()
    at = await transaction_time(action.tx)
    partner = body.partner and await directory.PARTNERS.find(action.tx, body.partner)
    after = transitions.forward(before, body.to, body.partner)
    if partner and partner.retired:
        after = Rejection("PARTNER_ENDED", f"{partner.key} was ended; forward it to somebody else.")
    record = HandOver(
        id=uuid7(), ticket_id=before.id, by=action.caller.sub, at=at, **body.model_dump()
    )
    if isinstance(after, Ticket):
        await hand_overs.add(action.tx, record)
    return await action.finish(
        "forward",
        before,
        after,
        at,
        event_spec(TicketForwarded, to=body.to, partner=body.partner),
        event_spec(TicketHandedOver, hand_over_id=record.id),
        to=body.to,
        partner=body.partner,
        hand_over_id=str(record.id),
    )


@routes.post("/{ticket}/hand-back", response_model=TicketRead)
async def hand_back_ticket(action: WorkAction, body: HandBackRequest) -> Response:
    """Return a forwarded ticket to first level, with what was found."""
    before = await action.lock_ticket()
    at = await transaction_time(action.tx)
    after = transitions.hand_back(before)
    if isinstance(after, Ticket):
        note = Message(
            uuid7(), before.id, "internal", "outbound", action.caller.sub, body.found, at
        )
        await messages.add(action.tx, note)
    event = event_spec(TicketHandedBack, handed_back_by=before.forwarded_to, partner=before.partner)
    return await action.finish(
        "hand_back",
        before,
        after,
        at,
        event,
        handed_back_by=before.forwarded_to,
        partner=before.partner,
    )


@routes.get("/{ticket}/hand-overs")
async def list_hand_overs(
    ref: TicketReference, caller: Annotated[Caller, requires("tickets:verify")], tx: Transaction
) -> list[HandOverRead]:
    """List the hand-over records of a ticket, oldest first. Only staff can read them."""
    ticket = get_visible_ticket(caller, await tickets.find(tx, ref), ref)
    records = await hand_overs.list_of_ticket(tx, ticket.id)
    return [HandOverRead.model_validate(record) for record in records]
