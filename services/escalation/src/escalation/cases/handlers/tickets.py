"""Blockers and tickets that first level could not resolve; tickets that end."""

from collections.abc import Sequence

from common.events.envelope import Received
from common.events.tickets import BlockerLifted, BlockerRaised, TicketEvent, TicketForwarded
from common.persistence.database import Connection
from escalation.cases.handlers.closing import end, end_of_tickets
from escalation.cases.new_case import tier, trigger
from escalation.policies.domain.trigger import Trigger, TriggerKind

ENDS_WITH_TICKET: tuple[TriggerKind, ...] = (
    "clock_warned",
    "clock_forecast",
    "clock_breached",
    "blocker_raised",
    "forwarded",
)


async def on_blocker_raised(tx: Connection, received: Received[BlockerRaised]) -> None:
    event = received.event
    title = f"{event.ticket}: blocker on {event.environment or 'no known environment'}"
    await trigger(tx, await _cause(tx, event, "blocker_raised", title), title)


async def on_blocker_lifted(tx: Connection, received: Received[BlockerLifted]) -> None:
    event = received.event
    lifted = f"the blocker was lifted: {event.reason}"
    await end(tx, {_dedup(event, "blocker_raised"): lifted})


async def on_forwarded(tx: Connection, received: Received[TicketForwarded]) -> None:
    """What OPS could not resolve and affects an environment: DM and PO hear of it (R5)."""
    event = received.event
    if event.environment is None:
        return
    to = "second level" if event.to == "second_level" else f"partner {event.partner or ''}".strip()
    title = f"{event.ticket}: forwarded to {to}, affects {event.environment}"
    await trigger(tx, await _cause(tx, event, "forwarded", title), title)


async def on_tickets_ended(tx: Connection, events: Sequence[Received[TicketEvent]]) -> None:
    """Resolved, closed or merged: whatever ran about it is over."""
    ended = {one.event.ticket_id: f"{one.event.ticket} is {one.event.state}" for one in events}
    await end_of_tickets(tx, ended, ENDS_WITH_TICKET)


def _dedup(event: TicketEvent, kind: TriggerKind) -> str:
    return f"ticket/{event.ticket_id}/{kind}"


async def _cause(tx: Connection, event: TicketEvent, kind: TriggerKind, title: str) -> Trigger:
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
    )
