"""Blockers and tickets that first level could not resolve; tickets that end."""

from collections.abc import Sequence

from common.events.envelope import ReceivedEvent
from common.events.tickets import BlockerLifted, BlockerRaised, TicketEvent, TicketForwarded
from common.persistence.database import Connection
from escalation.cases.handlers.closing import resolve_cases, resolve_cases_of_tickets
from escalation.cases.new_case import environment_tier, open_or_join
from escalation.policies.domain.trigger import Trigger, TriggerKind

ENDS_WITH_TICKET: tuple[TriggerKind, ...] = (
    "clock_threshold_reached",
    "clock_forecast",
    "clock_breached",
    "blocker_raised",
    "forwarded",
)


async def on_blocker_raised(tx: Connection, received: ReceivedEvent[BlockerRaised]) -> None:
    event = received.event
    title = f"{event.ticket}: blocker on {event.environment or 'no known environment'}"
    await open_or_join(tx, await _build_trigger(tx, event, "blocker_raised", title), title)


async def on_blocker_lifted(tx: Connection, received: ReceivedEvent[BlockerLifted]) -> None:
    event = received.event
    lifted = f"the blocker was lifted: {event.reason}"
    await resolve_cases(tx, {_dedup_key(event, "blocker_raised"): lifted})


async def on_forwarded(tx: Connection, received: ReceivedEvent[TicketForwarded]) -> None:
    """What OPS could not resolve and affects an environment: DM and PO hear of it (R5)."""
    event = received.event
    if event.environment is None:
        return
    to = "second level" if event.to == "second_level" else f"partner {event.partner or ''}".strip()
    title = f"{event.ticket}: forwarded to {to}, affects {event.environment}"
    await open_or_join(tx, await _build_trigger(tx, event, "forwarded", title), title)


async def on_tickets_ended(tx: Connection, events: Sequence[ReceivedEvent[TicketEvent]]) -> None:
    """Resolved, closed or merged: whatever ran about it is over."""
    ended = {one.event.ticket_id: f"{one.event.ticket} is {one.event.state}" for one in events}
    await resolve_cases_of_tickets(tx, ended, ENDS_WITH_TICKET)


def _dedup_key(event: TicketEvent, kind: TriggerKind) -> str:
    return f"ticket/{event.ticket_id}/{kind}"


async def _build_trigger(
    tx: Connection, event: TicketEvent, kind: TriggerKind, title: str
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
    )
