"""Usage that approaches its limit: people are informed in time to plan (R3)."""

from common.events.envelope import ReceivedEvent
from common.events.usage import (
    UsageEvent,
    UsageLimitApproaching,
    UsageLimitCleared,
    UsageLimitReached,
)
from common.persistence.database import Connection
from escalation.cases.closing import resolve_cases
from escalation.cases.commands import environment_tier, open_or_join
from escalation.policies.domain.trigger import Trigger, TriggerKind


async def on_limit_approaching(
    tx: Connection, received: ReceivedEvent[UsageLimitApproaching]
) -> None:
    """Inform DM and PO of an expected limit while there is time to plan."""
    event = received.event
    title = f"{event.series}: {event.limit:g} {event.unit} is expected on {event.expected}"
    await open_or_join(
        tx, await _build_trigger(tx, event, "limit_approaching", "minor", title), title
    )


async def on_limit_reached(tx: Connection, received: ReceivedEvent[UsageLimitReached]) -> None:
    """Escalate a limit that is reached, instead of its warning."""
    event = received.event
    await resolve_cases(tx, {_dedup_key(event, "limit_approaching"): "the limit is reached"})
    title = f"{event.series} has reached {event.limit:g} {event.unit}"
    await open_or_join(tx, await _build_trigger(tx, event, "limit_reached", "major", title), title)


async def on_limit_cleared(tx: Connection, received: ReceivedEvent[UsageLimitCleared]) -> None:
    """Resolve the cases of a limit that is not expected any more."""
    event = received.event
    kinds: tuple[TriggerKind, ...] = ("limit_approaching", "limit_reached")
    await resolve_cases(
        tx, {_dedup_key(event, kind): "the limit is no longer near" for kind in kinds}
    )


def _dedup_key(event: UsageEvent, kind: TriggerKind) -> str:
    return f"series/{event.series_id}/{kind}"


async def _build_trigger(
    tx: Connection, event: UsageEvent, kind: TriggerKind, severity: str, title: str
) -> Trigger:
    return Trigger(
        kind,
        severity,
        _dedup_key(event, kind),
        title,
        event.at,
        service=event.service,
        customer=event.customer,
        environment=event.environment,
        tier=await environment_tier(tx, event.environment),
    )
