"""Clocks that reach thresholds, breach and end."""

from collections.abc import Sequence

from common.events.clocks import (
    ClockBreached,
    ClockBreachWithdrawn,
    ClockCancelled,
    ClockEvent,
    ClockMet,
    ClockResumed,
    ClockThresholdReached,
)
from common.events.envelope import ReceivedEvent
from common.persistence.database import Connection
from escalation.cases import store as cases
from escalation.cases.closing import resolve_cases, withdraw
from escalation.cases.commands import append_event, open_or_join
from escalation.cases.domain import timeline
from escalation.cases.handlers.ticket_triggers import ticket_trigger
from escalation.policies.domain.trigger import Trigger, TriggerKind

METRIC_NAMES = {
    "first_response": "first response",
    "next_reply": "next reply",
    "update": "update",
    "workaround": "workaround",
    "resolution": "resolution",
}


async def on_threshold_reached(
    tx: Connection, received: ReceivedEvent[ClockThresholdReached]
) -> None:
    """Escalate before the promise breaks (R3). A later threshold joins the same case (E9)."""
    event = received.event
    title = f"{event.ticket}: time for {_describe_promise(event)} is {event.threshold:.0%} used up"
    await open_or_join(tx, await _build_trigger(tx, event, "clock_threshold_reached", title), title)


async def on_breached(tx: Connection, received: ReceivedEvent[ClockBreached]) -> None:
    """Escalate a breach instead of its warning. One that the GM approved in time opens no case (R2)."""
    event = received.event
    reason = "the deadline passed" + (", as approved by the GM" if event.approved else "")
    earlier: tuple[TriggerKind, ...] = ("clock_threshold_reached", "clock_forecast")
    await resolve_cases(tx, {_dedup_key(event, kind): reason for kind in earlier})
    if not event.approved:
        title = f"{event.ticket}: deadline for {_describe_promise(event)} was missed"
        await open_or_join(tx, await _build_trigger(tx, event, "clock_breached", title), title)


async def on_breach_withdrawn(
    tx: Connection, received: ReceivedEvent[ClockBreachWithdrawn]
) -> None:
    """Withdraw the case of a breach: the clock had stopped in time after all."""
    event = received.event
    reason = f"{event.ticket} was in time after all, which OpsDesk learned late"
    await withdraw(tx, _dedup_key(event, "clock_breached"), reason)


async def on_resumed(tx: Connection, received: ReceivedEvent[ClockResumed]) -> None:
    """Escalate a broken promise again whose clock runs on: its ticket is separated or open again (C10).

    The breach itself is announced once only. Where a person had resolved its case, it is told there, and
    nobody is paged for what somebody has dealt with.
    """
    event = received.event
    if event.deadline is None or event.deadline > event.at:
        return
    case = await cases.lock_newest(tx, _dedup_key(event, "clock_breached"))
    if case is None or case.state.status != "resolved":
        return
    title = f"{event.ticket}: deadline for {_describe_promise(event)} was missed"
    note = f"{title}, and the clock runs again"
    if person := await cases.find_resolver(tx, case.id):
        why_not = f"{note}; {person} had resolved this case, so nobody is paged again"
        await append_event(tx, case, lambda at: timeline.Repeated(at, why_not))
        return
    trigger = await _build_trigger(tx, event, "clock_breached", title)
    await open_or_join(tx, trigger, f"{note}, as in {case.key}")


async def on_clocks_ended(tx: Connection, events: Sequence[ReceivedEvent[ClockEvent]]) -> None:
    """Resolve what was escalated for clocks that have ended."""
    kinds: tuple[TriggerKind, ...] = ("clock_threshold_reached", "clock_forecast", "clock_breached")
    reasons = {
        _dedup_key(received.event, kind): _closing_reason(received.event)
        for received in events
        for kind in kinds
    }
    await resolve_cases(tx, reasons)


def _describe_promise(event: ClockEvent) -> str:
    """The promise in words, with who made it where it was made to us (R13)."""
    supplier = {"sla": "", "ola": " by second level", "uc": f" by {event.partner}"}
    return METRIC_NAMES[event.metric] + supplier[event.contract]


def _closing_reason(event: ClockEvent) -> str:
    if isinstance(event, ClockCancelled):
        return f"the clock was cancelled: {event.reason}"
    return "done in time" if isinstance(event, ClockMet) else "done, late"


def _dedup_key(event: ClockEvent, kind: TriggerKind) -> str:
    return f"clock/{event.clock_id}/{kind}"


async def _build_trigger(
    tx: Connection, event: ClockEvent, kind: TriggerKind, title: str
) -> Trigger:
    return await ticket_trigger(tx, event, kind, _dedup_key(event, kind), title, event.deadline)
