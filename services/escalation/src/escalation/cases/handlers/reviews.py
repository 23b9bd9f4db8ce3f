"""Operational reviews: whom they concern hears of them. A report informs, it does not page (S1)."""

from collections.abc import Sequence

from common.events.envelope import ReceivedEvent
from common.events.reviews import (
    ReviewActionAgreed,
    ReviewActionDue,
    ReviewEvent,
    ReviewPublished,
    ReviewReady,
)
from common.persistence.database import Connection
from escalation.cases.handlers.closing import resolve_cases
from escalation.cases.new_case import notify_only
from escalation.directory import store as directory
from escalation.policies.domain.trigger import Trigger, TriggerKind


async def on_ready(tx: Connection, received: ReceivedEvent[ReviewReady]) -> None:
    """Somebody of its audience looks at it and publishes it; until then the case stays open."""
    event = received.event
    title = f"The review {event.review} is drawn up and waits to be published"
    await _notify(tx, event, "review_ready", title, await _audience(tx, event, event.generated_by))


async def on_published(tx: Connection, received: ReceivedEvent[ReviewPublished]) -> None:
    """Told, and over: there is nothing left to do."""
    event = received.event
    await resolve_cases(
        tx, {_dedup_key(event, "review_ready"): f"published by {event.published_by}"}
    )
    again = "" if event.edition == 1 else f", edition {event.edition}"
    title = f"The review {event.review} is published{again}"
    audience = await _audience(tx, event, event.published_by)
    await _notify(tx, event, "review_published", title, audience)
    await resolve_cases(tx, {_dedup_key(event, "review_published"): "for information"})


async def on_action_agreed(tx: Connection, received: ReceivedEvent[ReviewActionAgreed]) -> None:
    """The owner knows what is owed, and by when."""
    event = received.event
    title = f"{event.action} of the review {event.review} is yours"
    await _notify(tx, event, "review_action", title, [event.owner])
    await resolve_cases(tx, {_dedup_key(event, "review_action"): "for information"})


async def on_action_due(tx: Connection, received: ReceivedEvent[ReviewActionDue]) -> None:
    """The owner, and those who meet about it: its day is over."""
    event = received.event
    title = f"{event.action} of the review {event.review} is due"
    people = dict.fromkeys([event.owner, *await _audience(tx, event)])
    await _notify(tx, event, "review_action", title, list(people))
    await resolve_cases(tx, {_dedup_key(event, "review_action"): "for information"})


async def _audience(tx: Connection, event: ReviewEvent, *exclude: str) -> list[str]:
    """Who was named, or holds one of the roles, but whoever did it: they know."""
    held = await directory.list_roles(tx)
    of_roles = [sub for sub, roles in held.items() if roles & {*event.roles}]
    return [sub for sub in sorted({*event.people, *of_roles}) if sub not in exclude]


async def _notify(
    tx: Connection, event: ReviewEvent, kind: TriggerKind, title: str, people: Sequence[str]
) -> None:
    cause = Trigger(
        kind, "trivial", _dedup_key(event, kind), title, event.at, customer=event.customer
    )
    if people:
        await notify_only(tx, cause, people, title)


def _dedup_key(event: ReviewEvent, kind: TriggerKind) -> str:
    about = getattr(event, "action", event.month)
    return f"review/{event.review}/{about}/{kind}"
