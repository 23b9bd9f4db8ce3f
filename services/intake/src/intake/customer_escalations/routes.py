"""HTTP in: a customer escalates a ticket, and a named person of ours answers."""

from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Response

from common.domain import Rejection
from common.http import Page, Paging, Transaction, router
from common.persistence.database import transaction_time
from intake.customer_escalations import store
from intake.customer_escalations.commands import answer_escalation, escalate, take_escalation
from intake.customer_escalations.schemas import (
    CustomerEscalationRead,
    EscalateRequest,
    EscalationAnswer,
    to_escalation_response,
)
from intake.reads.recorder import Reads
from intake.tickets.dependencies import (
    TicketAction,
    TicketReader,
    TicketReference,
    VerifyAction,
    get_visible_ticket,
    settings_of,
    ticket_action,
    to_problem,
)
from intake.tickets.message_check import read_own_text
from intake.tickets.store import tickets

routes = router("/v1/tickets", ["ticket escalations"])


@routes.post("/{ticket}/escalate", status_code=201, response_model=CustomerEscalationRead)
async def escalate_ticket(
    action: Annotated[TicketAction, ticket_action("tickets:escalate")],
    body: EscalateRequest,
    response: Response,
) -> object:
    """Escalate a ticket, as its customer. A named person answers by the `due_at` that this responds with."""
    ticket = await action.lock_ticket()
    at = await transaction_time(action.tx)
    within = timedelta(minutes=settings_of(action.request.app).customer_escalation_minutes)
    outcome = await escalate(action.tx, ticket, body.reason, within, action.caller.actor, at)
    if isinstance(outcome, Rejection):
        return to_problem(outcome)
    response.headers["Location"] = f"/v1/tickets/{ticket.key}/escalations"
    return to_escalation_response(outcome, at)


@routes.get("/{ticket}/escalations")
async def list_ticket_escalations(
    ref: TicketReference,
    caller: TicketReader,
    tx: Transaction,
    reads: Reads,
    page: Annotated[Paging, Depends()],
) -> Page[CustomerEscalationRead]:
    """List the escalations of a ticket by its customer, newest first."""
    ticket = get_visible_ticket(caller, await tickets.find(tx, ref), ref)
    await reads.note(caller, f"ticket/{ticket.id}")
    at = await transaction_time(tx)
    found = await store.page_of_ticket(tx, ticket.id, page.after_as(UUID), page.limit)
    return page.page_of(found, lambda one: to_escalation_response(one, at), lambda one: (one.id,))


@routes.post("/{ticket}/escalation/take", response_model=CustomerEscalationRead)
async def take_ticket_escalation(action: VerifyAction) -> object:
    """Take the escalation of a ticket: the customer sees who answers. Somebody else may take it over."""
    ticket = await action.lock_ticket()
    at = await transaction_time(action.tx)
    outcome = await take_escalation(action.tx, ticket, action.caller.actor, at)
    return (
        to_problem(outcome)
        if isinstance(outcome, Rejection)
        else to_escalation_response(outcome, at)
    )


@routes.post("/{ticket}/escalation/answer", response_model=CustomerEscalationRead)
async def answer_ticket_escalation(
    action: VerifyAction, body: EscalationAnswer, response: Response
) -> object:
    """Answer the escalation of a ticket, by name. The customer sees the text as a public message.

    It is checked before, as a reply is: the header `Message-Findings` names what was found.
    """
    own = await read_own_text(body.text)
    ticket = await action.lock_ticket()
    at = await transaction_time(action.tx)
    checked = await action.check_text(ticket, own, body.overrule_reason)
    outcome = await answer_escalation(action.tx, ticket, body.text, action.caller.actor, at)
    if isinstance(outcome, Rejection):
        return to_problem(outcome)
    await action.record_check(ticket, checked, "reply", at, outcome.answer_id)
    response.headers.update(checked.headers)
    return to_escalation_response(outcome, at)
