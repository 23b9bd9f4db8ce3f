"""Clocks that warn, break and end."""

from collections.abc import Sequence

from common.events.clocks import (
    ClockBreached,
    ClockBreachWithdrawn,
    ClockCancelled,
    ClockEvent,
    ClockMet,
    ClockWarned,
)
from common.events.envelope import Received
from common.persistence.database import Connection
from escalation.cases.handlers.closing import end, withdraw
from escalation.cases.new_case import tier, trigger
from escalation.policies.domain.trigger import Trigger, TriggerKind

METRICS = {
    "first_response": "first response",
    "next_reply": "next reply",
    "update": "update",
    "workaround": "workaround",
    "resolution": "resolution",
}


async def on_clock_warned(tx: Connection, received: Received[ClockWarned]) -> None:
    """Tell before it breaks (R3). A later share joins the same case (E9)."""
    event = received.event
    used = f"{event.ticket}: time for {_promise(event)} is {event.share:.0%} used up"
    await trigger(tx, await _cause(tx, event, "clock_warned", used), used)


async def on_clock_breached(tx: Connection, received: Received[ClockBreached]) -> None:
    """The breach takes the warning's place. One that the GM approved in time wakes nobody (R2)."""
    event = received.event
    ended = (
        "the deadline passed, as approved by the GM" if event.approved else "the deadline passed"
    )
    before: tuple[TriggerKind, ...] = ("clock_warned", "clock_forecast")
    await end(tx, {_dedup(event, kind): ended for kind in before})
    if not event.approved:
        missed = f"{event.ticket}: deadline for {_promise(event)} was missed"
        await trigger(tx, await _cause(tx, event, "clock_breached", missed), missed)


async def on_breach_withdrawn(tx: Connection, received: Received[ClockBreachWithdrawn]) -> None:
    """It had stopped in time: whoever was told is told so."""
    event = received.event
    why = f"{event.ticket} was in time after all, which OpsDesk learned late"
    await withdraw(tx, _dedup(event, "clock_breached"), why)


async def on_clocks_ended(tx: Connection, events: Sequence[Received[ClockEvent]]) -> None:
    """Whatever ended a clock ends what was escalated for it."""
    kinds: tuple[TriggerKind, ...] = ("clock_warned", "clock_forecast", "clock_breached")
    ended = {_dedup(one.event, kind): _ending(one.event) for one in events for kind in kinds}
    await end(tx, ended)


def _promise(event: ClockEvent) -> str:
    """What was promised, and by whom where it was promised to us (R13)."""
    whose = {"sla": "", "ola": " by second level", "uc": f" by {event.partner}"}
    return METRICS[event.metric] + whose[event.contract]


def _ending(event: ClockEvent) -> str:
    if isinstance(event, ClockCancelled):
        return f"the clock was cancelled: {event.reason}"
    return "done in time" if isinstance(event, ClockMet) else "done, late"


def _dedup(event: ClockEvent, kind: TriggerKind) -> str:
    return f"clock/{event.clock_id}/{kind}"


async def _cause(tx: Connection, event: ClockEvent, kind: TriggerKind, title: str) -> Trigger:
    return Trigger(
        kind,
        event.priority,
        _dedup(event, kind),
        title,
        event.at,
        kind=event.kind,
        service=event.service,
        customer=event.customer,
        environment=event.environment,
        tier=await tier(tx, event.environment),
        ticket_id=event.ticket_id,
        ticket=event.ticket,
        breaks_at=event.deadline,
    )
