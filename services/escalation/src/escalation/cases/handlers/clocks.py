"""Clocks that warn, break and end."""

from collections.abc import Sequence

from common.events.clocks import (
    ClockBreached,
    ClockBreachWithdrawn,
    ClockCancelled,
    ClockEvent,
    ClockMet,
    ClockThresholdReached,
)
from common.events.envelope import ReceivedEvent
from common.persistence.database import Connection
from escalation.cases.handlers.closing import resolve_cases, withdraw
from escalation.cases.new_case import environment_tier, open_or_join
from escalation.policies.domain.trigger import Trigger, TriggerKind

METRIC_NAMES = {
    "first_response": "first response",
    "next_reply": "next reply",
    "update": "update",
    "workaround": "workaround",
    "resolution": "resolution",
}


async def on_clock_warned(tx: Connection, received: ReceivedEvent[ClockThresholdReached]) -> None:
    """Tell before it breaks (R3). A later share joins the same case (E9)."""
    event = received.event
    used = f"{event.ticket}: time for {_describe_promise(event)} is {event.threshold:.0%} used up"
    await open_or_join(tx, await _build_trigger(tx, event, "clock_threshold_reached", used), used)


async def on_clock_breached(tx: Connection, received: ReceivedEvent[ClockBreached]) -> None:
    """The breach takes the warning's place. One that the GM approved in time wakes nobody (R2)."""
    event = received.event
    ended = (
        "the deadline passed, as approved by the GM" if event.approved else "the deadline passed"
    )
    before: tuple[TriggerKind, ...] = ("clock_threshold_reached", "clock_forecast")
    await resolve_cases(tx, {_dedup_key(event, kind): ended for kind in before})
    if not event.approved:
        missed = f"{event.ticket}: deadline for {_describe_promise(event)} was missed"
        await open_or_join(tx, await _build_trigger(tx, event, "clock_breached", missed), missed)


async def on_breach_withdrawn(
    tx: Connection, received: ReceivedEvent[ClockBreachWithdrawn]
) -> None:
    """It had stopped in time: whoever was told is told so."""
    event = received.event
    why = f"{event.ticket} was in time after all, which OpsDesk learned late"
    await withdraw(tx, _dedup_key(event, "clock_breached"), why)


async def on_clocks_ended(tx: Connection, events: Sequence[ReceivedEvent[ClockEvent]]) -> None:
    """Whatever ended a clock ends what was escalated for it."""
    kinds: tuple[TriggerKind, ...] = ("clock_threshold_reached", "clock_forecast", "clock_breached")
    ended = {
        _dedup_key(one.event, kind): _closing_reason(one.event) for one in events for kind in kinds
    }
    await resolve_cases(tx, ended)


def _describe_promise(event: ClockEvent) -> str:
    """What was promised, and by whom where it was promised to us (R13)."""
    whose = {"sla": "", "ola": " by second level", "uc": f" by {event.partner}"}
    return METRIC_NAMES[event.metric] + whose[event.contract]


def _closing_reason(event: ClockEvent) -> str:
    if isinstance(event, ClockCancelled):
        return f"the clock was cancelled: {event.reason}"
    return "done in time" if isinstance(event, ClockMet) else "done, late"


def _dedup_key(event: ClockEvent, kind: TriggerKind) -> str:
    return f"clock/{event.clock_id}/{kind}"


async def _build_trigger(
    tx: Connection, event: ClockEvent, kind: TriggerKind, title: str
) -> Trigger:
    return Trigger(
        kind,
        event.priority,
        _dedup_key(event, kind),
        title,
        event.at,
        kind=event.kind,
        service=event.service,
        customer=event.customer,
        environment=event.environment,
        tier=await environment_tier(tx, event.environment),
        ticket_id=event.ticket_id,
        ticket=event.ticket,
        expected_breach_at=event.deadline,
    )
