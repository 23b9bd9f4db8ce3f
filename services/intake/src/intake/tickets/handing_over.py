"""Hand a ticket over and take it back: record, event, mail to the partner and deadlines (R5).

Whoever changes a record holds the lock of its ticket. Each ticket has one deadline of each kind: its newest
record's.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from common.domain import Actor
from common.events.hand_overs import (
    TicketHandOverOverdue,
    TicketHandOverUnacknowledged,
    TicketPartnerReplied,
    TicketPartnerRepliedLate,
)
from common.persistence.database import Connection
from common.persistence.ids import uuid7
from common.scheduling.deadlines import Deadline, schedule
from intake.directory.domain.parties import Partner
from intake.tickets.commands import save_change
from intake.tickets.domain.hand_over import HandOver, HandOverEnd, end
from intake.tickets.domain.hand_over_text import hand_over_text
from intake.tickets.domain.message import Message
from intake.tickets.domain.ticket import Ticket
from intake.tickets.domain.transitions import on_partner_reply
from intake.tickets.events import EventSpec, event_spec, resumed_event
from intake.tickets.store import hand_overs, messages

ACKNOWLEDGEMENT: Final = "hand-over-acknowledgement"
"""The kind of deadline until which delivery manager and product owner acknowledge a hand-over."""
ANSWER: Final = "hand-over-answer"
"""The kind of deadline until which a ticket comes back."""
TIME_TO_ACKNOWLEDGE: Final = timedelta(hours=1)
TIME_TO_ACKNOWLEDGE_BLOCKER: Final = timedelta(minutes=15)


def acknowledge_by(ticket: Ticket, at: datetime) -> datetime | None:
    """Until when it has to be acknowledged; None where no customer environment is affected."""
    if ticket.environment is None:
        return None
    is_blocker = ticket.priority == "blocker"
    return at + (TIME_TO_ACKNOWLEDGE_BLOCKER if is_blocker else TIME_TO_ACKNOWLEDGE)


async def add_record(
    tx: Connection, ticket: Ticket, record: HandOver, partner: Partner | None
) -> Message | None:
    """Store the record, arm its deadlines, and write to the partner, who gets that by mail.

    Returns what goes to the partner, if there is one.
    """
    await hand_overs.add(tx, record)
    await _arm(tx, record)
    if partner is None:
        return None
    text = hand_over_text(partner, record, ticket.key, ticket.environment)
    return await write_to_partner(tx, ticket, partner.key, record.by, text, record.at)


async def write_to_partner(
    tx: Connection, ticket: Ticket, partner: str, author: str, text: str, at: datetime
) -> Message:
    """Add what we write to a partner, which goes out by mail; customers never see it."""
    message = Message(uuid7(), ticket.id, "internal", "outbound", author, text, at, partner=partner)
    return await messages.add(tx, message)


async def end_newest(tx: Connection, ticket_id: UUID, how: HandOverEnd, at: datetime) -> None:
    """End the newest record of a ticket that leaves second level or a partner without coming back."""
    newest = await hand_overs.get_newest(tx, ticket_id)
    if newest is None or (ended := end(newest, how, at)) == newest:
        return
    await hand_overs.save(tx, ended)
    await disarm(tx, ticket_id)


async def disarm(tx: Connection, ticket_id: UUID) -> None:
    """Stop the deadlines of a ticket that whom it was handed over to has no more."""
    await schedule(tx, [Deadline(kind, ticket_id, None) for kind in (ACKNOWLEDGEMENT, ANSWER)])


async def stop_waiting_for_acknowledgement(tx: Connection, record: HandOver) -> None:
    """Stop the deadline of the acknowledgement, once nobody is missing."""
    if not record.unacknowledged:
        await schedule(tx, [Deadline(ACKNOWLEDGEMENT, record.ticket_id, None)])


async def record_partner_reply(
    tx: Connection,
    before: Ticket,
    message: Message,
    handed_over_by: str | None,
    actor: Actor,
    at: datetime,
) -> Ticket:
    """Publish that a partner wrote. What waited for them goes on; no clock of the customer's does.

    On a ticket that nobody works on any more, people are told of what a person wrote.
    """
    after = on_partner_reply(before)
    facts = {"message_id": message.id, "partner": message.partner}
    events = [event_spec(TicketPartnerReplied, **facts)]
    if not before.is_open and not message.automatic:
        people = [one for one in (before.assignee, handed_over_by) if one]
        events.append(
            event_spec(TicketPartnerRepliedLate, **facts, people=list(dict.fromkeys(people)))
        )
    if after.state != before.state:
        events.append(resumed_event(before))
    grounds = {"message_id": str(message.id), "partner": message.partner}
    action = "ticket.partner_reply"
    return await save_change(tx, before, after, actor, at, action, *events, grounds=grounds)


def unacknowledged_event(record: HandOver) -> EventSpec:
    """Nobody acknowledged in time, who should have."""
    missing = record.unacknowledged
    people = dict.fromkeys(person for role in missing for person in record.people(role))
    return event_spec(
        TicketHandOverUnacknowledged,
        number=record.number,
        acknowledge_by=record.acknowledge_by,
        missing=list(missing),
        people=list(people),
    )


def overdue_event(record: HandOver) -> EventSpec:
    """It did not come back in time."""
    return event_spec(
        TicketHandOverOverdue,
        number=record.number,
        to=record.to,
        partner=record.partner,
        due_at=record.due_at,
    )


async def _arm(tx: Connection, record: HandOver) -> None:
    deadlines: Sequence[Deadline] = (
        Deadline(ACKNOWLEDGEMENT, record.ticket_id, record.acknowledge_by),
        Deadline(ANSWER, record.ticket_id, record.due_at),
    )
    await schedule(tx, deadlines)
