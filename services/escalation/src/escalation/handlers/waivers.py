"""Requests for the GM's approval: told at once, reminded of, and ended with their answer (R2, R3)."""

from common.database import Connection
from common.event import Received
from common.events.clocks import WaiverApproved, WaiverEvent, WaiverRefused, WaiverRequested
from common.events.waivers import (
    AnyWaiverEvent,
    PeriodWaiverApproved,
    PeriodWaiverRefused,
    PeriodWaiverRequested,
    WaiverExpired,
    WaiverReminded,
    WaiverWithdrawn,
)
from common.wording import format_duration
from escalation import fact
from escalation.handlers.clocks import METRICS
from escalation.handlers.ending import end
from escalation.opening import trigger
from escalation.store import cases
from escalation.telling import note, roster
from escalation.trigger import OWED_TO, Trigger

Requested = WaiverRequested | PeriodWaiverRequested
Ended = (
    WaiverApproved
    | WaiverRefused
    | PeriodWaiverApproved
    | PeriodWaiverRefused
    | WaiverWithdrawn
    | WaiverExpired
)


async def on_requested(tx: Connection, received: Received[Requested]) -> None:
    """Only the GM can approve, and only before the deadline (R2)."""
    cause = _cause(received.event)
    await trigger(tx, cause, cause.title)


async def on_reminded(tx: Connection, received: Received[WaiverReminded]) -> None:
    """Everybody with the role is told again, also who has taken the case: nobody has decided. A case
    that somebody resolved by hand opens anew."""
    event = received.event
    left = f"{event.waiver} is undecided, {format_duration(event.seconds_left)} left"
    known = await cases.lock_unresolved(tx, [_dedup(event)])
    if not known:
        await trigger(tx, _cause(event), left)
        return
    owed = {*OWED_TO["waiver_requested"]}
    people = (await roster(tx)).people
    told = tuple(sorted(person for person, roles in people.items() if roles & owed))
    case = await note(tx, known[0], lambda at: fact.Repeated(at, left))
    await note(tx, case, lambda at: fact.Informed(at, told))


async def on_ended(tx: Connection, received: Received[Ended]) -> None:
    await end(tx, {_dedup(received.event): _ending(received.event)})


def _ending(event: Ended) -> str:
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


def _cause(event: WaiverEvent | AnyWaiverEvent) -> Trigger:
    return Trigger(
        "waiver_requested",
        "major",
        _dedup(event),
        f"{_about(event)} awaits approval",
        event.at,
        customer=event.customer,
        service=event.service if isinstance(event, AnyWaiverEvent) else None,
        ticket_id=event.ticket_id,
        ticket=event.ticket,
        breaks_at=event.deadline,
    )


def _about(event: WaiverEvent | AnyWaiverEvent) -> str:
    if event.ticket is not None and event.metric is not None:
        return f"{event.ticket}: waiver {event.waiver} for {METRICS[event.metric]}"
    service = event.service if isinstance(event, AnyWaiverEvent) else None
    return f"{event.customer}: waiver {event.waiver} for {service or 'all services'}"


def _dedup(event: WaiverEvent | AnyWaiverEvent) -> str:
    return f"waiver/{event.waiver_id}"
