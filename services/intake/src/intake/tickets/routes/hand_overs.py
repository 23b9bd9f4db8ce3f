"""What follows a hand-over: acknowledged, the partner's number and messages, the fix checked (R1, R5)."""

from dataclasses import replace
from datetime import datetime
from typing import Annotated, TypeAlias

from fastapi import Path, Response

from common.auth import Caller, requires
from common.domain import Rejection
from common.errors import Conflict, NotFound
from common.events.hand_overs import TicketFixChecked, TicketHandOverAcknowledged
from common.http import Page, Transaction, router
from common.persistence.database import transaction_time
from intake.directory import names
from intake.reads.recorder import Reads
from intake.tickets.commands import audit_rejection, save_change
from intake.tickets.dependencies import (
    TicketAction,
    TicketReference,
    WorkAction,
    get_visible_ticket,
    ticket_action,
    to_problem,
)
from intake.tickets.domain.hand_over import HandOver, acknowledge, check_fix
from intake.tickets.domain.ticket import Ticket
from intake.tickets.events import EventSpec, event_spec
from intake.tickets.handing_over import stop_waiting_for_acknowledgement, write_to_partner
from intake.tickets.message_check import read_own_text
from intake.tickets.schemas.action_requests import FixCheck, PartnerMessage, PartnerReference
from intake.tickets.schemas.hand_overs import HandOverRead
from intake.tickets.schemas.messages import MessageRead, to_message_response
from intake.tickets.store import hand_overs, tickets

routes = router("/v1/tickets", ["ticket hand-overs"])

Number: TypeAlias = Annotated[
    int, Path(alias="number", ge=1, le=1_000_000, description="Its number on the ticket, from 1.")
]


@routes.get("/{ticket}/hand-overs")
async def list_hand_overs(
    ref: TicketReference,
    caller: Annotated[Caller, requires("tickets:verify")],
    tx: Transaction,
    reads: Reads,
) -> Page[HandOverRead]:
    """List the hand-over records of a ticket, oldest first. Only staff can read them."""
    ticket = get_visible_ticket(caller, await tickets.find(tx, ref), ref)
    await reads.note(caller, f"ticket/{ticket.id}")
    records = await hand_overs.list_of_ticket(tx, ticket.id)
    return Page(items=[HandOverRead.model_validate(record) for record in records])


@routes.post("/{ticket}/hand-overs/{number}/acknowledge", response_model=HandOverRead)
async def acknowledge_hand_over(
    action: Annotated[TicketAction, ticket_action("hand-overs:acknowledge")], number: Number
) -> Response | HandOverRead:
    """Acknowledge a hand-over as delivery manager of the customer or product owner of the product."""
    ticket, record, at = await _load(action, number)
    caller = action.caller
    after = acknowledge(record, caller.sub, caller.roles, at)
    if isinstance(after, Rejection):
        return await _reject(action, ticket, after, "acknowledge_hand_over", at)
    roles = [role for role in record.unacknowledged if role not in after.unacknowledged]
    event = event_spec(
        TicketHandOverAcknowledged,
        number=number,
        roles=roles,
        missing=list(after.unacknowledged),
    )
    await stop_waiting_for_acknowledgement(action.tx, after)
    return await _save(action, ticket, after, at, "acknowledge_hand_over", event)


@routes.post("/{ticket}/hand-overs/{number}/reference")
async def record_partner_reference(
    action: WorkAction, number: Number, body: PartnerReference
) -> HandOverRead:
    """Record the partner's own number for a hand-over, where their mail does not tell it."""
    ticket, record, at = await _load(action, number)
    if record.partner is None:
        detail = "Second level has no number of its own: it works on this ticket."
        raise Conflict(detail, code="NO_NUMBER_THERE", type="conflict")
    after = replace(record, partner_reference=body.reference.strip())
    return await _save(action, ticket, after, at, "record_partner_reference")


@routes.post("/{ticket}/hand-overs/{number}/check-fix", response_model=HandOverRead)
async def check_hand_over_fix(
    action: WorkAction, number: Number, body: FixCheck
) -> Response | HandOverRead:
    """Check whether the fix that came back works, as another person than who took it back."""
    ticket, record, at = await _load(action, number)
    person = await action.counted_as(record.returned_by)
    after = check_fix(record, person, body.checked, at, works=body.works)
    if isinstance(after, Rejection):
        return await _reject(action, ticket, after, "check_fix", at)
    event = event_spec(
        TicketFixChecked, number=number, returned_by=record.returned_by, works=body.works
    )
    return await _save(action, ticket, after, at, "check_fix", event)


@routes.post("/{ticket}/partner-messages", status_code=201)
async def create_partner_message(
    action: WorkAction, body: PartnerMessage, response: Response
) -> MessageRead:
    """Write to the partner who has the ticket. They get it by e-mail; customers never see it.

    It is checked before, as a reply is: the header `Message-Findings` names what was found.
    """
    own = await read_own_text(body.text, "partner")
    ticket = await action.lock_ticket()
    at = await transaction_time(action.tx)
    if ticket.partner is None:
        detail = f"{ticket.key} is with no partner now; forward it to one first."
        raise Conflict(detail, code="NOT_FORWARDED")
    checked = await action.check_text(ticket, own, body.overrule_reason)
    message = await write_to_partner(
        action.tx, ticket, ticket.partner, action.caller.sub, body.text, at
    )
    check = await action.record_check(ticket, checked, "partner", at, message.id)
    grounds = {"message_id": str(message.id), "partner": ticket.partner, **checked.grounds}
    actor = action.caller.actor
    await save_change(
        action.tx, ticket, ticket, actor, at, "ticket.write_to_partner", grounds=grounds
    )
    response.headers["Location"] = f"/v1/tickets/{ticket.key}/messages"
    response.headers.update(checked.headers)
    known = await names.of_accounts(action.tx, [message.author])
    author_name = known.get(message.author)
    return to_message_response(
        action.caller, message, (), check, checked.findings, author_name=author_name
    )


async def _load(action: TicketAction, number: int) -> tuple[Ticket, HandOver, datetime]:
    """The ticket, locked, with the record and the moment. Raises NotFound."""
    ticket = await action.lock_ticket()
    record = await hand_overs.find(action.tx, ticket.id, number)
    if record is None:
        raise NotFound(f"Hand-over {number} of {ticket.key}")
    return ticket, record, await transaction_time(action.tx)


async def _save(
    action: TicketAction,
    ticket: Ticket,
    record: HandOver,
    at: datetime,
    name: str,
    *events: EventSpec,
) -> HandOverRead:
    await hand_overs.save(action.tx, record)
    grounds = {"number": record.number}
    actor = action.caller.actor
    await save_change(
        action.tx, ticket, ticket, actor, at, f"ticket.{name}", *events, grounds=grounds
    )
    return HandOverRead.model_validate(record)


async def _reject(
    action: TicketAction, ticket: Ticket, rejection: Rejection, name: str, at: datetime
) -> Response:
    actor = action.caller.actor
    await audit_rejection(action.tx, ticket, actor, at, f"ticket.{name}", rejection)
    return to_problem(rejection)
