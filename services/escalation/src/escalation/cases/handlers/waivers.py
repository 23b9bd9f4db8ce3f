"""Requests for waivers: the GM is informed at once and reminded until there is a decision (R2, R3)."""

from dataclasses import replace

from common.events.envelope import ReceivedEvent
from common.events.waivers import (
    AnyWaiverEvent,
    PeriodWaiverApproved,
    PeriodWaiverRefused,
    PeriodWaiverRequested,
    WaiverApproved,
    WaiverDecisionReminder,
    WaiverEvent,
    WaiverExpired,
    WaiverRefused,
    WaiverRequested,
    WaiverRevoked,
    WaiverWithdrawn,
)
from common.persistence.database import Connection
from common.wording import format_duration
from escalation.cases import store as cases
from escalation.cases.closing import resolve_cases
from escalation.cases.commands import append_event, open_or_join
from escalation.cases.domain import timeline
from escalation.cases.handlers.clocks import METRIC_NAMES
from escalation.cases.handlers.for_information import inform
from escalation.cases.handlers.naming import name_customer, name_person
from escalation.policies.domain.trigger import MANDATORY_ROLES, Trigger
from escalation.policies.store import load_roster

Requested = WaiverRequested | PeriodWaiverRequested
Ended = (
    WaiverApproved
    | WaiverRefused
    | PeriodWaiverApproved
    | PeriodWaiverRefused
    | WaiverWithdrawn
    | WaiverExpired
)


async def on_requested(tx: Connection, received: ReceivedEvent[Requested]) -> None:
    """Escalate a request: only the GM can approve it, and only before the deadline (R2)."""
    trigger = await _build_trigger(tx, received.event)
    await open_or_join(tx, trigger, trigger.title)


async def on_reminded(tx: Connection, received: ReceivedEvent[WaiverDecisionReminder]) -> None:
    """Inform everybody with the role again, also those who have acknowledged: nobody has decided.

    Where the case was resolved by hand, a new one is opened.
    """
    event = received.event
    note = f"{event.waiver} is undecided, {format_duration(event.remaining_seconds)} left"
    open_cases = await cases.lock_unresolved(tx, [_dedup_key(event)])
    if not open_cases:
        await open_or_join(tx, await _build_trigger(tx, event), note)
        return
    recipients = (await load_roster(tx)).with_roles(MANDATORY_ROLES["waiver_requested"])
    case = await append_event(tx, open_cases[0], lambda at: timeline.Repeated(at, note))
    await append_event(tx, case, lambda at: timeline.Informed(at, recipients))


async def on_ended(tx: Connection, received: ReceivedEvent[Ended]) -> None:
    """Resolve the case of a request that was decided, withdrawn or has expired."""
    await resolve_cases(tx, {_dedup_key(received.event): _closing_reason(received.event)})


async def on_revoked(tx: Connection, received: ReceivedEvent[WaiverRevoked]) -> None:
    """Tell whoever asked, and the delivery managers, that breaches are not covered any more."""
    event = received.event
    by = await name_person(tx, event.revoked_by)
    title = f"{await _describe(tx, event)} is revoked by {by}: breaches from now on count"
    trigger = replace(
        await _build_trigger(tx, event),
        kind="waiver_revoked",
        severity="minor",
        dedup_key=f"{_dedup_key(event)}/revoked",
        title=title,
    )
    people, knows = [event.requested_by], [event.revoked_by]
    await inform(tx, trigger, people=people, roles=("dm",), without=knows, is_over=True)


def _closing_reason(event: Ended) -> str:
    match event:
        case WaiverApproved() | PeriodWaiverApproved():
            late = ", too late to count" if event.late else ""
            return f"approved by {event.approved_by}{late}"
        case WaiverRefused() | PeriodWaiverRefused():
            return "refused"
        case WaiverWithdrawn():
            return f"withdrawn by {event.withdrawn_by}"
        case WaiverExpired():
            return "expired"


async def _build_trigger(tx: Connection, event: WaiverEvent | AnyWaiverEvent) -> Trigger:
    return Trigger(
        "waiver_requested",
        "major",
        _dedup_key(event),
        f"{await _describe(tx, event)} awaits approval",
        event.at,
        customer=event.customer,
        service=event.service if isinstance(event, AnyWaiverEvent) else None,
        ticket_id=event.ticket_id,
        ticket=event.ticket,
        expected_breach_at=event.deadline,
    )


async def _describe(tx: Connection, event: WaiverEvent | AnyWaiverEvent) -> str:
    """The waiver in words: `Waiver WVR-3 for the resolution of OPS-7 (Acme Logistics)`."""
    customer = await name_customer(tx, event.customer)
    if event.ticket is not None and event.metric is not None:
        promise = f"the {METRIC_NAMES[event.metric]} of {event.ticket}"
        return f"Waiver {event.waiver} for {promise} ({customer})"
    service = event.service if isinstance(event, AnyWaiverEvent) else None
    return f"Waiver {event.waiver} for {service or 'all services'} of {customer}"


def _dedup_key(event: WaiverEvent | AnyWaiverEvent) -> str:
    return f"waiver/{event.waiver_id}"
