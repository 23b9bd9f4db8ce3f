"""Handing a ticket over to second level or a partner, and back (R5)."""

from typing import Annotated

from fastapi import Response
from pydantic import Field

from common.errors import ValidationFailed, Violation
from common.events.tickets import TicketForwarded, TicketHandedBack, TicketHandedOver
from common.http import RequestModel, router
from common.persistence.database import transaction_time
from common.persistence.ids import uuid7
from intake.directory import store as directory
from intake.tickets.commands import event_spec
from intake.tickets.dependencies import WorkAction
from intake.tickets.domain import transitions
from intake.tickets.domain.hand_over import HandOver
from intake.tickets.domain.message import Message
from intake.tickets.domain.ticket import HandoverTarget, Ticket
from intake.tickets.routes.actions import FreeText, Name
from intake.tickets.schemas.responses import TicketRead
from intake.tickets.store import messages

routes = router("/v1/tickets", ["ticket moves"])


class ForwardRequest(RequestModel):
    """The hand-over record: what was seen, what was tried, what is excluded (R5)."""

    to: HandoverTarget
    partner: Name | None = None
    seen: FreeText
    tried: FreeText
    excluded: Annotated[str, Field(max_length=10_000)] = ""


class HandBackRequest(RequestModel):
    """`found`: what second level or the partner says, as a note among staff."""

    found: FreeText


@routes.post("/{ref}/forward", response_model=TicketRead)
async def forward(action: WorkAction, body: ForwardRequest) -> Response:
    """Hand a ticket to second level or a partner, with what was seen, tried and excluded."""
    if body.partner and await directory.PARTNERS.find(action.tx, body.partner) is None:
        detail = f"there is no partner {body.partner}; see /v1/partners"
        raise ValidationFailed([Violation("/partner", "unknown_partner", detail)])
    before = await action.lock_ticket()
    at = await transaction_time(action.tx)
    after = transitions.forward(before, body.to, body.partner)
    record = HandOver(
        id=uuid7(), ticket_id=before.id, by=action.caller.sub, at=at, **body.model_dump()
    )
    if isinstance(after, Ticket):
        await messages.add_hand_over(action.tx, record)
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


@routes.post("/{ref}/hand-back", response_model=TicketRead)
async def hand_back(action: WorkAction, body: HandBackRequest) -> Response:
    """Give a forwarded ticket back to first level, with what was found."""
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
