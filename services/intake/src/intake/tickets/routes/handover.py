"""Handing a ticket over to second level or a partner, and back (R5)."""

from typing import Annotated

from fastapi import Response
from pydantic import Field

from common.errors import Invalid, Violation
from common.events.tickets import TicketForwarded, TicketHandedBack, TicketHandedOver
from common.http import Asked, router
from common.persistence.database import moment
from common.persistence.ids import uuid7
from intake.directory import store as directory
from intake.tickets.commands import fact
from intake.tickets.dependencies import Working
from intake.tickets.domain import transitions
from intake.tickets.domain.hand_over import HandOver
from intake.tickets.domain.message import Message
from intake.tickets.domain.ticket import Behind, Ticket
from intake.tickets.routes.actions import Name, Words
from intake.tickets.schemas.responses import TicketShown
from intake.tickets.store import messages

routes = router("/v1/tickets", ["ticket moves"])


class Forwarding(Asked):
    """The hand-over record: what was seen, what was tried, what is excluded (R5)."""

    to: Behind
    partner: Name | None = None
    seen: Words
    tried: Words
    excluded: Annotated[str, Field(max_length=10_000)] = ""


class HandingBack(Asked):
    """`found`: what second level or the partner says, as a note among staff."""

    found: Words


@routes.post("/{ref}/forward", response_model=TicketShown)
async def forward(desk: Working, asked: Forwarding) -> Response:
    """Hand a ticket to second level or a partner, with what was seen, tried and excluded."""
    if asked.partner and await directory.PARTNERS.find(desk.tx, asked.partner) is None:
        unknown = f"there is no partner {asked.partner}; see /v1/partners"
        raise Invalid([Violation("/partner", "unknown_partner", unknown)])
    before = await desk.ticket()
    at = await moment(desk.tx)
    after = transitions.forward(before, asked.to, asked.partner)
    written = HandOver(
        id=uuid7(), ticket_id=before.id, by=desk.caller.sub, at=at, **asked.model_dump()
    )
    if isinstance(after, Ticket):
        await messages.add_hand_over(desk.tx, written)
    return await desk.conclude(
        "forward",
        before,
        after,
        at,
        fact(TicketForwarded, to=asked.to, partner=asked.partner),
        fact(TicketHandedOver, hand_over_id=written.id),
        to=asked.to,
        partner=asked.partner,
        hand_over_id=str(written.id),
    )


@routes.post("/{ref}/hand-back", response_model=TicketShown)
async def hand_back(desk: Working, asked: HandingBack) -> Response:
    """Give a forwarded ticket back to first level, with what was found."""
    before = await desk.ticket()
    at = await moment(desk.tx)
    after = transitions.hand_back(before)
    if isinstance(after, Ticket):
        note = Message(uuid7(), before.id, "internal", "outbound", desk.caller.sub, asked.found, at)
        await messages.add(desk.tx, note)
    told = fact(TicketHandedBack, by_whom=before.forwarded_to, partner=before.partner)
    return await desk.conclude(
        "hand_back", before, after, at, told, by_whom=before.forwarded_to, partner=before.partner
    )
