"""Blockers and tickets that first level could not resolve; tickets that end."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from common.events.envelope import ReceivedEvent
from common.events.hand_overs import TicketPartnerMailUndelivered
from common.events.second_eyes import (
    TicketAnySecondEyesGiven,
    TicketAnySecondEyesOverdue,
    TicketSecondEyesGiven,
    TicketSecondEyesOverdue,
)
from common.events.tickets import (
    BlockerConfirmed,
    BlockerLifted,
    BlockerRaised,
    TicketEvent,
    TicketReplyUndelivered,
)
from common.persistence.database import Connection
from common.scheduling.deadlines import Deadline, schedule
from escalation.cases import store as cases
from escalation.cases.closing import resolve_cases, resolve_cases_of_tickets
from escalation.cases.commands import append_event, open_or_join
from escalation.cases.domain import timeline
from escalation.cases.domain.deadlines import CONFIRMATION, CONFIRMATION_TIME
from escalation.cases.handlers.ticket_triggers import ticket_trigger
from escalation.policies.domain.trigger import Trigger, TriggerKind

ENDS_WITH_TICKET: tuple[TriggerKind, ...] = (
    "clock_threshold_reached",
    "clock_forecast",
    "clock_breached",
    "blocker_raised",
    "forwarded",
    "hand_over_unacknowledged",
    "hand_over_overdue",
    "reply_undelivered",
)


SECOND_EYES_WORDS = {
    "verify": "resolved and not verified",
    "confirm_priority": "a lower priority is asked for",
    "confirm_classification": "another kind or service is asked for",
    "confirm_detection": "somebody else than the customer is said to have found it first",
    "confirm_unmerge": "its separation from the ticket that it was merged into is asked for",
}

MAX_UNCONFIRMED = 3
"""Cases of a customer's blockers in CAP_PERIOD; further ones that OPS has not confirmed join the newest."""
CAP_PERIOD = timedelta(hours=1)


async def on_blocker_raised(tx: Connection, received: ReceivedEvent[BlockerRaised]) -> None:
    """Escalate a blocker. A contact's pages at once, too, and again unless first level confirms it (R5)."""
    event = received.event
    title = _blocker_title(event)
    if not event.confirmed:
        since = event.at - CAP_PERIOD
        open_cases = await cases.lock_blockers_of_customer(tx, event.customer, since)
        if len(open_cases) >= MAX_UNCONFIRMED:
            note = f"{title}: beyond {MAX_UNCONFIRMED} an hour, told here until OPS confirms it"
            await append_event(tx, open_cases[-1], lambda at: timeline.Repeated(at, note))
            return
    case, _ = await open_or_join(tx, await build_trigger(tx, event, "blocker_raised", title), title)
    if not event.confirmed:
        due_at = event.at + CONFIRMATION_TIME
        await schedule(tx, [Deadline(CONFIRMATION, case.id, due_at)])


async def on_blocker_confirmed(tx: Connection, received: ReceivedEvent[BlockerConfirmed]) -> None:
    """Note that first level confirmed a contact's blocker; one that had joined another gets its own case."""
    event = received.event
    title = _blocker_title(event)
    note = f"{event.by} of first level confirmed the blocker"
    trigger = await build_trigger(tx, event, "blocker_raised", title)
    case, _ = await open_or_join(tx, trigger, note)
    await schedule(tx, [Deadline(CONFIRMATION, case.id, None)])


def _blocker_title(event: TicketEvent) -> str:
    return f"{event.ticket}: blocker on {event.environment or 'no known environment'}"


async def on_blocker_lifted(tx: Connection, received: ReceivedEvent[BlockerLifted]) -> None:
    """Resolve the case of a blocker that was lifted."""
    event = received.event
    reason = f"the blocker was lifted: {event.reason}"
    await resolve_cases(tx, {dedup_key(event, "blocker_raised"): reason})


async def on_reply_undelivered(
    tx: Connection, received: ReceivedEvent[TicketReplyUndelivered]
) -> None:
    """Let people know that the customer waits for an answer that was given and did not arrive (R3)."""
    event = received.event
    title = f"{event.ticket}: our answer has not reached the customer by mail ({event.reason})"
    await open_or_join(tx, await build_trigger(tx, event, "reply_undelivered", title), title)


async def on_partner_mail_undelivered(
    tx: Connection, received: ReceivedEvent[TicketPartnerMailUndelivered]
) -> None:
    """Let people know that a partner has not got what was handed over to them (R3, R5)."""
    event = received.event
    title = f"{event.ticket}: our mail has not reached partner {event.partner} ({event.reason})"
    trigger = await build_trigger(tx, event, "reply_undelivered", title)
    trigger = replace(trigger, dedup_key=f"{trigger.dedup_key}/partner")
    await open_or_join(tx, trigger, title)


async def on_second_eyes_overdue(
    tx: Connection, received: ReceivedEvent[TicketSecondEyesOverdue | TicketAnySecondEyesOverdue]
) -> None:
    """Let people know that work of one person waits for another one, who has not come (R1)."""
    event = received.event
    what = " and ".join(SECOND_EYES_WORDS[kind] for kind in event.waits_for)
    title = f"{event.ticket}: {what}, which waits for a second person"
    await open_or_join(tx, await build_trigger(tx, event, "second_eyes_overdue", title), title)


async def on_second_eyes_given(
    tx: Connection, received: ReceivedEvent[TicketSecondEyesGiven | TicketAnySecondEyesGiven]
) -> None:
    """Resolve the case: a second person came, or there is nothing to look at any more."""
    reason = "it does not wait for a second person any more"
    await resolve_cases(tx, {dedup_key(received.event, "second_eyes_overdue"): reason})


async def on_tickets_ended(tx: Connection, events: Sequence[ReceivedEvent[TicketEvent]]) -> None:
    """Resolve the cases of tickets that are resolved, closed or merged."""
    reasons = {
        received.event.ticket_id: f"{received.event.ticket} is {received.event.state}"
        for received in events
    }
    await resolve_cases_of_tickets(tx, reasons, ENDS_WITH_TICKET)


def dedup_key(event: TicketEvent, kind: TriggerKind) -> str:
    """One case for each kind of trigger about a ticket (E9)."""
    return f"ticket/{event.ticket_id}/{kind}"


async def build_trigger(
    tx: Connection, event: TicketEvent, kind: TriggerKind, title: str
) -> Trigger:
    """The trigger of this kind about a ticket, of which there is one case (E9)."""
    return await ticket_trigger(tx, event, kind, dedup_key(event, kind), title)
