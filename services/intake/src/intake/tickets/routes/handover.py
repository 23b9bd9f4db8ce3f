"""Hand-overs of a ticket to second level or a partner, and back (R5)."""

from datetime import datetime

from fastapi import Response

from common.domain import Rejection
from common.errors import ValidationFailed, Violation
from common.events.tickets import TicketForwarded, TicketHandedBack, TicketHandedOver
from common.http import router
from common.persistence.database import transaction_time
from common.persistence.ids import uuid7
from intake.directory import store as directory
from intake.responsibilities.domain import Responsible
from intake.responsibilities.store import find_responsible
from intake.tickets import handing_over
from intake.tickets.dependencies import WorkAction
from intake.tickets.domain import transitions
from intake.tickets.domain.hand_over import HandOver, return_with
from intake.tickets.domain.message import Message
from intake.tickets.domain.ticket import Ticket
from intake.tickets.events import event_spec
from intake.tickets.message_check import CheckedText, read_own_text
from intake.tickets.schemas.action_requests import ForwardRequest, HandBackRequest
from intake.tickets.schemas.responses import TicketRead
from intake.tickets.store import hand_overs, messages

routes = router("/v1/tickets", ["ticket actions"])


@routes.post("/{ticket}/forward", response_model=TicketRead)
async def forward_ticket(action: WorkAction, body: ForwardRequest) -> Response:
    """Hand a ticket over to second level or a partner, with a hand-over record.

    The partner gets it by e-mail. Where a customer environment is affected, the delivery manager of that
    customer and the product owner of that product are told, and acknowledge it.
    """
    own = None if body.partner is None else await read_own_text(body.words, "hand_over")
    before = await action.lock_ticket()
    at = await transaction_time(action.tx)
    if body.due_at <= at:
        raise ValidationFailed([Violation("/due_at", "past", "give an instant in the future")])
    partner = body.partner and await directory.PARTNERS.find(action.tx, body.partner)
    after = transitions.forward(before, body.to, body.partner)
    if partner and partner.retired:
        after = Rejection("PARTNER_ENDED", f"{partner.key} was ended; forward it to somebody else.")
    record = await _new_record(action, before, body, at)
    checked = CheckedText()
    if isinstance(after, Ticket):
        if own is not None:
            checked = await action.check_text(before, own, body.overrule_reason)
        await handing_over.end_newest(action.tx, before.id, "forwarded", at)
        message = await handing_over.add_record(action.tx, before, record, partner or None)
        message_id = None if message is None else message.id
        await action.record_check(before, checked, "hand_over", at, message_id)
    response = await action.finish(
        "forward",
        before,
        after,
        at,
        event_spec(TicketForwarded, to=body.to, partner=body.partner),
        event_spec(
            TicketHandedOver,
            hand_over_id=record.id,
            number=record.number,
            to=record.to,
            partner=record.partner,
            due_at=record.due_at,
            delivery_managers=list(record.delivery_managers),
            product_owners=list(record.product_owners),
            acknowledge_by=record.acknowledge_by,
        ),
        to=body.to,
        partner=body.partner,
        hand_over_id=str(record.id),
        **checked.grounds,
    )
    response.headers.update(checked.headers)
    return response


async def _new_record(
    action: WorkAction, ticket: Ticket, body: ForwardRequest, at: datetime
) -> HandOver:
    """The record, with who has to acknowledge it."""
    acknowledge_by = handing_over.acknowledge_by(ticket, at)
    responsible = Responsible()
    if acknowledge_by is not None:
        responsible = await find_responsible(action.tx, ticket.customer, ticket.service)
    return HandOver(
        id=uuid7(),
        ticket_id=ticket.id,
        number=await hand_overs.next_number(action.tx, ticket.id),
        by=action.caller.sub,
        at=at,
        delivery_managers=responsible.delivery_managers,
        product_owners=responsible.product_owners,
        acknowledge_by=acknowledge_by,
        **body.model_dump(exclude={"overrule_reason"}),
    )


@routes.post("/{ticket}/hand-back", response_model=TicketRead)
async def hand_back_ticket(action: WorkAction, body: HandBackRequest) -> Response:
    """Return a forwarded ticket to first level, with what was found.

    Where it is `fixed`, another person checks the fix before the ticket is resolved.
    """
    before = await action.lock_ticket()
    at = await transaction_time(action.tx)
    after = transitions.hand_back(before)
    if isinstance(after, Ticket):
        await _take_back(action, before, body, at)
    event = event_spec(TicketHandedBack, handed_back_by=before.forwarded_to, partner=before.partner)
    return await action.finish(
        "hand_back",
        before,
        after,
        at,
        event,
        handed_back_by=before.forwarded_to,
        partner=before.partner,
        fixed=body.fixed,
    )


async def _take_back(
    action: WorkAction, ticket: Ticket, body: HandBackRequest, at: datetime
) -> None:
    person = action.caller.sub
    note = Message(uuid7(), ticket.id, "internal", "outbound", person, body.found, at)
    await messages.add(action.tx, note)
    await handing_over.disarm(action.tx, ticket.id)
    newest = await hand_overs.get_newest(action.tx, ticket.id)
    assert newest is not None, "a forwarded ticket has a record"
    returned = return_with(newest, person, body.found, at, fixed=body.fixed)
    await hand_overs.save(action.tx, returned)
