"""Customers who escalate a ticket: a named person answers within a set time (R3)."""

from common.events.customer_voices import (
    CustomerEscalationAnswered,
    CustomerEscalationEvent,
    CustomerEscalationTaken,
    TicketEscalatedByCustomer,
)
from common.events.envelope import ReceivedEvent
from common.persistence.database import Connection
from common.scheduling.deadlines import Deadline, schedule
from escalation.cases import store as cases
from escalation.cases.closing import resolve_cases
from escalation.cases.commands import append_event, open_or_join
from escalation.cases.domain import timeline
from escalation.cases.domain.deadlines import CUSTOMER_ANSWER
from escalation.cases.handlers.ticket_triggers import ticket_trigger


async def on_escalated(tx: Connection, received: ReceivedEvent[TicketEscalatedByCustomer]) -> None:
    """Open a case for the customer; unless somebody has answered by then, its next step fires."""
    event = received.event
    owner = f", {event.owner} answers" if event.owner else ""
    title = f"{event.ticket}: {event.customer} escalates it{owner}"
    trigger = await ticket_trigger(
        tx, event, "customer_escalated", _dedup_key(event), title, event.due_at
    )
    case, _ = await open_or_join(tx, trigger, title)
    await schedule(tx, [Deadline(CUSTOMER_ANSWER, case.id, event.due_at)])


async def on_taken(tx: Connection, received: ReceivedEvent[CustomerEscalationTaken]) -> None:
    """Note who answers the customer."""
    event = received.event
    note = f"{event.owner} answers the customer"
    for case in await cases.lock_unresolved(tx, [_dedup_key(event)]):
        await append_event(tx, case, lambda at: timeline.Repeated(at, note))


async def on_answered(tx: Connection, received: ReceivedEvent[CustomerEscalationAnswered]) -> None:
    """Resolve the case: the customer has an answer."""
    event = received.event
    for case in await cases.lock_unresolved(tx, [_dedup_key(event)]):
        await schedule(tx, [Deadline(CUSTOMER_ANSWER, case.id, None)])
    late = "" if event.in_time else ", late"
    await resolve_cases(tx, {_dedup_key(event): f"{event.by} answered the customer{late}"})


def _dedup_key(event: CustomerEscalationEvent) -> str:
    return f"customer-escalation/{event.escalation_id}"
