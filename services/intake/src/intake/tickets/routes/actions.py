"""The actions on an open ticket: assign, workaround, hold, resume. How it ends is in `endings`."""

from datetime import UTC, datetime

from fastapi import Response

from common.audit import JSON
from common.events.tickets import (
    TicketAssigned,
    TicketReplied,
    TicketWorkaroundProvided,
)
from common.http import router
from common.persistence.database import transaction_time
from common.persistence.ids import uuid7
from common.wording import is_question
from intake.tickets.dependencies import (
    TicketAction,
    WorkAction,
)
from intake.tickets.domain import transitions
from intake.tickets.domain.message import Message, awaits_customer_reply
from intake.tickets.domain.ticket import Ticket
from intake.tickets.events import event_spec, hold_event, resumed_event
from intake.tickets.message_check import CheckedText, OwnText, read_own_text
from intake.tickets.schemas.action_requests import (
    NO_REASON,
    Assignment,
    HoldRequest,
    OptionalReason,
    Workaround,
)
from intake.tickets.schemas.responses import TicketRead
from intake.tickets.store import messages

routes = router("/v1/tickets", ["ticket actions"])


@routes.post("/{ticket}/assign", response_model=TicketRead)
async def assign_ticket(action: WorkAction, body: Assignment) -> Response:
    """Assign a ticket to a member of staff, or to a team."""
    return await action.run(
        "assign",
        lambda ticket, at: transitions.assign(ticket, body.to, body.team),
        event_spec(TicketAssigned, team=body.team),
        to=body.to,
        team=body.team,
    )


@routes.post("/{ticket}/workaround", response_model=TicketRead)
async def record_workaround(action: WorkAction, body: Workaround) -> Response:
    """Record a workaround for a ticket. The customer sees its text as a public message."""
    own = await read_own_text(body.text, "workaround")
    before = await action.lock_ticket()
    at = await transaction_time(action.tx)
    after = transitions.record_workaround(before)
    message = _public_message(action, before, body.text, at)
    checked = CheckedText()
    if isinstance(after, Ticket):
        checked = await _add_checked(action, before, message, own, body.overrule_reason)
    response = await action.finish(
        "work_around",
        before,
        after,
        at,
        event_spec(TicketReplied, message_id=message.id),
        event_spec(TicketWorkaroundProvided, message_id=message.id),
        message_id=str(message.id),
        **checked.grounds,
    )
    response.headers.update(checked.headers)
    return response


@routes.post("/{ticket}/hold", response_model=TicketRead)
async def put_ticket_on_hold(action: WorkAction, body: HoldRequest) -> Response:
    """Hold a ticket to wait for the customer, the partner, second level or a date.

    Waiting for the customer pauses their clocks: it needs a question, in words, that they can see.
    Waiting for a date pauses none; the ticket goes on by itself `until` then.
    """
    own = await read_own_text(body.question or "", "question")
    before = await action.lock_ticket()
    at = await transaction_time(action.tx)
    body.check_ahead(at)
    last = await messages.get_last_public(action.tx, before.id)
    asked = body.question is not None and is_question(body.question)
    question_asked = asked if body.question is not None else awaits_customer_reply(last)
    after = transitions.put_on_hold(
        before, body.waiting_on, question_asked=question_asked, until=body.until
    )
    events = [hold_event(body.waiting_on, body.until)]
    checked = CheckedText()
    if body.question is not None and isinstance(after, Ticket):
        question = _public_message(action, before, body.question, at)
        checked = await _add_checked(action, before, question, own, body.overrule_reason)
        events.insert(0, event_spec(TicketReplied, message_id=question.id))
    on = f"{body.until.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if body.until else body.waiting_on
    grounds: dict[str, JSON] = {"on": on, "reason": body.reason}
    response = await action.finish("wait", before, after, at, *events, **grounds, **checked.grounds)
    response.headers.update(checked.headers)
    return response


async def _add_checked(
    action: TicketAction,
    ticket: Ticket,
    message: Message,
    own: OwnText,
    overrule_reason: str | None,
) -> CheckedText:
    """Add our message to the ticket, where the customer sees it, once its words are checked."""
    checked = await action.check_text(ticket, own, overrule_reason)
    await messages.add(action.tx, message)
    await action.record_check(ticket, checked, own.purpose, message.at, message.id)
    return checked


def _public_message(action: TicketAction, ticket: Ticket, text: str, at: datetime) -> Message:
    """A message to the customer, not stored yet."""
    return Message(uuid7(), ticket.id, "public", "outbound", action.caller.sub, text, at)


@routes.post("/{ticket}/resume", response_model=TicketRead)
async def resume_ticket(action: WorkAction, body: OptionalReason = NO_REASON) -> Response:
    """Resume a ticket that is on hold."""
    return await action.run(
        "resume",
        lambda ticket, at: transitions.resume(ticket),
        resumed_event,
        reason=body.reason,
    )
