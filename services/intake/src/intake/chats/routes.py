"""`POST /v1/chats`: transcripts of a chatbot or live chat."""

from functools import partial
from typing import Annotated

from fastapi import Request, Response

from common.auth import Caller, requires
from common.errors import Forbidden, ValidationFailed, Violation
from common.http import Transaction, router, state_of
from common.persistence.database import Connection, transaction_time
from intake.chats.commands import receive
from intake.chats.domain.transcript import Chat, opening_line, seen_lines
from intake.chats.schemas import ChatCreate, ChatOutcome, ChatResult, ChatTicket
from intake.directory import store as directory
from intake.directory.dependencies import own_environment
from intake.directory.domain.address import is_address, normalise
from intake.directory.domain.parties import Contact
from intake.directory.named_contact import find_contact_or_none
from intake.tickets.domain.new_ticket import (
    TicketRequest,
    TicketScope,
    initial_priority,
    make_title,
)
from intake.tickets.store.priority_matrices import find_cells

routes = router("/v1/chats", ["chats"])


@routes.post("", status_code=201, response_model=ChatResult)
async def receive_chat(
    body: ChatCreate,
    request: Request,
    caller: Annotated[Caller, requires("chats:write")],
    tx: Transaction,
) -> Response:
    """Receive the transcript of a chat: a new one opens a ticket, one that goes on joins its own.

    Messages that are there already are not added again, and those in which nothing is to be seen are left out.
    What is not known of the customer is for triage. Of one that goes on the messages alone count: `customer` and
    `environment` are its ticket's.
    """
    chat = body.to_chat(caller.sub)
    _check_people(caller, chat)
    await _check_moments(tx, chat)
    state = state_of(request.app)
    contact = await find_contact_or_none(state, caller, body.contact) if body.contact else None
    request_for = partial(_request, tx, body, chat, contact)
    received = await receive(tx, chat, contact, request_for, caller.actor)
    outcome: ChatOutcome = "opened" if received.is_new else "joined" if received.added else "known"
    ticket = ChatTicket(id=received.ticket.id, key=received.ticket.key)
    result = ChatResult(outcome=outcome, added=received.added, ticket=ticket)
    headers = {"Location": f"/v1/tickets/{ticket.key}"}
    status = 201 if received.is_new else 200
    return Response(result.model_dump_json(), status, headers, "application/json")


def _check_people(caller: Caller, chat: Chat) -> None:
    """Raise Forbidden where a person says that another one has answered: only a machine was there."""
    named = {line.person for line in chat.lines if line.person is not None}
    if not caller.scopes and not named <= {caller.sub}:
        raise Forbidden(
            "Name yourself alone as `person`, or let the chat system send the transcript."
        )


async def _check_moments(tx: Connection, chat: Chat) -> None:
    """Raise ValidationFailed where a line is from the future."""
    at = await transaction_time(tx)
    violations = [
        Violation(f"/messages/{index}/at", "in_the_future", "give an instant that has passed")
        for index, line in enumerate(chat.lines)
        if line.at > at
    ]
    if violations:
        raise ValidationFailed(violations)


async def _request(
    tx: Connection, body: ChatCreate, chat: Chat, contact: Contact | None
) -> TicketRequest:
    """The ticket that a new chat asks for: opened when its first words were said. Raises ValidationFailed."""
    seen = seen_lines(chat.lines)
    if not seen:
        detail = "begin a chat with words: in none of these messages is something to be seen"
        raise ValidationFailed([Violation("/messages", "empty", detail)])
    opening = opening_line(seen)
    given = body.contact.strip() if body.contact else ""
    return TicketRequest(
        kind=body.kind,
        title=body.title or make_title("", opening.text),
        channel="chat",
        assessment=initial_priority(await find_cells(tx), None, None, None),
        service=body.service,
        scope=await _scope(tx, body, contact),
        contact_id=contact.id if contact else None,
        reporter=normalise(given) if contact is None and is_address(given) else None,
        opened_at=min(line.at for line in seen),
        description=opening.text,
        from_outside=True,
    )


async def _scope(tx: Connection, body: ChatCreate, contact: Contact | None) -> TicketScope | None:
    """The customer of the chat; None where none is known, or was ended. Raises ValidationFailed."""
    key = body.customer or (contact.customer if contact else None)
    customer = await directory.CUSTOMERS.find(tx, key) if key else None
    if customer is None or customer.retired:
        return None
    if contact is not None and contact.customer_id != customer.id:
        detail = f"this contact is {contact.customer}'s; leave `customer` out, or name that one"
        raise ValidationFailed([Violation("/customer", "another_customer", detail)])
    environment = None
    if body.environment is not None:
        found = await directory.ENVIRONMENTS.find(tx, body.environment)
        environment = own_environment(found, body.environment, customer)
    return TicketScope(customer.id, customer.key, environment)
