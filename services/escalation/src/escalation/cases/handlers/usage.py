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
from escalation.cases.commands import open_or_join
from escalation.cases.handlers.scoped_triggers import scoped_trigger
from escalation.policies.domain.trigger import TriggerKind


async def on_limit_approaching(
    tx: Connection, received: ReceivedEvent[UsageLimitApproaching]
) -> None:
    """Inform DM and PO of an expected limit while there is time to plan."""
    event = received.event
    title = f"{event.series}: {event.limit:g} {event.unit} is expected on {event.expected}"
    trigger = await scoped_trigger(
        tx, event, "limit_approaching", "minor", _dedup_key(event, "limit_approaching"), title
    )
    await open_or_join(tx, trigger, title)


async def on_limit_reached(tx: Connection, received: ReceivedEvent[UsageLimitReached]) -> None:
    """Escalate a limit that is reached, instead of its warning."""
    event = received.event
    await resolve_cases(tx, {_dedup_key(event, "limit_approaching"): "the limit is reached"})
    title = f"{event.series} has reached {event.limit:g} {event.unit}"
    trigger = await scoped_trigger(
        tx, event, "limit_reached", "major", _dedup_key(event, "limit_reached"), title
    )
    await open_or_join(tx, trigger, title)


async def on_limit_cleared(tx: Connection, received: ReceivedEvent[UsageLimitCleared]) -> None:
    """Resolve the cases of a limit that is not expected any more."""
    event = received.event
    kinds: tuple[TriggerKind, ...] = ("limit_approaching", "limit_reached")
    await resolve_cases(
        tx, {_dedup_key(event, kind): "the limit is no longer near" for kind in kinds}
    )


def _dedup_key(event: UsageEvent, kind: TriggerKind) -> str:
    return f"series/{event.series_id}/{kind}"
