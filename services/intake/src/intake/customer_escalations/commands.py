"""Store an escalation, who takes it and the answer, each with its event, in one transaction."""

from datetime import datetime, timedelta
from typing import Any

from common.domain import Actor, Rejection
from common.events.customer_voices import (
    CustomerEscalationAnswered,
    CustomerEscalationEvent,
    CustomerEscalationTaken,
    TicketEscalatedByCustomer,
)
from common.events.tickets import TicketReplied
from common.persistence.database import Connection
from common.persistence.ids import uuid7
from intake.customer_escalations import store
from intake.customer_escalations.domain import (
    CustomerEscalation,
    answer,
    check_escalation,
    take,
)
from intake.tickets.commands import audit_rejection, record_customer_reply, save_change
from intake.tickets.domain.message import Message
from intake.tickets.domain.ticket import Ticket
from intake.tickets.events import EventSpec, event_spec
from intake.tickets.store import messages


async def escalate(
    tx: Connection, ticket: Ticket, reason: str, within: timedelta, actor: Actor, at: datetime
) -> CustomerEscalation | Rejection:
    """Escalate a locked ticket for its customer, whose reason is a message on it."""
    present = await store.find_open(tx, ticket.id)
    if rejection := check_escalation(ticket, present):
        await audit_rejection(tx, ticket, actor, at, "ticket.escalate", rejection)
        return rejection
    words = Message(uuid7(), ticket.id, "public", "inbound", actor.sub, reason, at)
    await messages.add(tx, words)
    ticket = await record_customer_reply(tx, ticket, words.id, actor, at)
    escalation = CustomerEscalation(
        uuid7(), ticket.id, words.id, actor.sub, at, at + within, ticket.assignee
    )
    await store.add(tx, escalation)
    announcement = _event(TicketEscalatedByCustomer, escalation)
    await save_change(tx, ticket, ticket, actor, at, "ticket.escalate", announcement)
    return escalation


async def take_escalation(
    tx: Connection, ticket: Ticket, actor: Actor, at: datetime
) -> CustomerEscalation | Rejection:
    """Make the actor the person who answers the escalation of a locked ticket."""
    taken = take(await store.find_open(tx, ticket.id), ticket, actor.sub)
    if isinstance(taken, Rejection):
        await audit_rejection(tx, ticket, actor, at, "ticket.take_escalation", taken)
        return taken
    await store.save(tx, taken)
    announcement = _event(CustomerEscalationTaken, taken)
    await save_change(tx, ticket, ticket, actor, at, "ticket.take_escalation", announcement)
    return taken


async def answer_escalation(
    tx: Connection, ticket: Ticket, text: str, actor: Actor, at: datetime
) -> CustomerEscalation | Rejection:
    """Answer the escalation of a locked ticket with a message that the customer sees."""
    words = Message(uuid7(), ticket.id, "public", "outbound", actor.sub, text, at)
    present = await store.find_open(tx, ticket.id)
    answered = answer(present, ticket, actor.sub, words.id, at)
    if isinstance(answered, Rejection):
        await audit_rejection(tx, ticket, actor, at, "ticket.answer_escalation", answered)
        return answered
    await messages.add(tx, words)
    await store.save(tx, answered)
    in_time = not answered.is_overdue(at)
    announcement = _event(
        CustomerEscalationAnswered, answered, message_id=words.id, in_time=in_time
    )
    replied = event_spec(TicketReplied, message_id=words.id)
    await save_change(
        tx, ticket, ticket, actor, at, "ticket.answer_escalation", replied, announcement
    )
    return answered


def _event(
    event: type[CustomerEscalationEvent], escalation: CustomerEscalation, **more: Any
) -> EventSpec:
    facts = {"escalation_id": escalation.id, "due_at": escalation.due_at}
    return event_spec(event, **facts, owner=escalation.owner, **more)
