"""Usage that comes near its limit: people hear of it in time to plan (R3)."""

from common.events.envelope import Received
from common.events.usage import UsageEvent, UsageLimitAhead, UsageLimitFar, UsageLimitReached
from common.persistence.database import Connection
from escalation.cases.handlers.closing import end
from escalation.cases.new_case import tier, trigger
from escalation.policies.domain.trigger import Trigger, TriggerKind


async def on_limit_ahead(tx: Connection, received: Received[UsageLimitAhead]) -> None:
    """DM and PO hear of it while there is time to plan."""
    event = received.event
    title = f"{event.series}: {event.limit:g} {event.unit} is expected on {event.expected}"
    await trigger(tx, await _cause(tx, event, "limit_ahead", "minor", title), title)


async def on_limit_reached(tx: Connection, received: Received[UsageLimitReached]) -> None:
    """What was ahead is here now: a case of its own, in the place of the warning."""
    event = received.event
    await end(tx, {_dedup(event, "limit_ahead"): "the limit is reached"})
    title = f"{event.series} has reached {event.limit:g} {event.unit}"
    await trigger(tx, await _cause(tx, event, "limit_reached", "major", title), title)


async def on_limit_far(tx: Connection, received: Received[UsageLimitFar]) -> None:
    event = received.event
    kinds: tuple[TriggerKind, ...] = ("limit_ahead", "limit_reached")
    await end(tx, {_dedup(event, kind): "the limit is far again" for kind in kinds})


def _dedup(event: UsageEvent, kind: TriggerKind) -> str:
    return f"series/{event.series_id}/{kind}"


async def _cause(
    tx: Connection, event: UsageEvent, kind: TriggerKind, severity: str, title: str
) -> Trigger:
    return Trigger(
        kind,
        severity,
        _dedup(event, kind),
        title,
        event.at,
        service=event.service,
        customer=event.customer,
        environment=event.environment,
        tier=await tier(tx, event.environment),
    )
