"""Operational reviews: their audience is informed; nobody is paged for a report (S1)."""

from collections.abc import Sequence
from datetime import timedelta

from common.events.envelope import ReceivedEvent
from common.events.reviews import (
    ReviewActionAgreed,
    ReviewActionDue,
    ReviewActionVerified,
    ReviewEvent,
    ReviewPublished,
    ReviewReady,
)
from common.persistence.database import Connection
from escalation.cases import store as cases
from escalation.cases.closing import resolve_cases
from escalation.cases.commands import notify_only
from escalation.cases.handlers.naming import name_customer, name_day, name_month, name_person
from escalation.digests.commands import forget, remind
from escalation.directory import store as directory
from escalation.policies.domain.trigger import Trigger, TriggerKind


async def on_ready(tx: Connection, received: ReceivedEvent[ReviewReady]) -> None:
    """Inform the audience of a new review; the case stays open until somebody publishes it."""
    event = received.event
    title = f"The {await _review(tx, event)} is ready and waits to be published"
    await _notify(tx, event, "review_ready", title, await _audience(tx, event, event.generated_by))


async def on_published(tx: Connection, received: ReceivedEvent[ReviewPublished]) -> None:
    """Inform the audience of a published review, and resolve the case: nothing is left to do."""
    event = received.event
    await resolve_cases(
        tx, {_dedup_key(event, "review_ready"): f"published by {event.published_by}"}
    )
    edition = "" if event.edition == 1 else f", edition {event.edition}"
    title = f"The {await _review(tx, event)} is published{edition}"
    audience = await _audience(tx, event, event.published_by)
    await _notify(tx, event, "review_published", title, audience)
    await resolve_cases(tx, {_dedup_key(event, "review_published"): "for information"})


async def on_action_agreed(tx: Connection, received: ReceivedEvent[ReviewActionAgreed]) -> None:
    """Inform the owner of a new action item."""
    event = received.event
    title = f"Yours until {_due_day(event)}: {await _action(tx, event)}"
    await _notify(tx, event, "review_action", title, [event.owner])
    await resolve_cases(tx, {_dedup_key(event, "review_action"): "for information"})


async def on_action_due(tx: Connection, received: ReceivedEvent[ReviewActionDue]) -> None:
    """Remind the owner of an overdue action in their digest, each day; tell the audience once (E20).

    Whoever has finished it is not reminded: it waits for another person. The case stays open until somebody
    has verified the action; resolved by hand, it is not opened again.
    """
    event = received.event
    if not event.finished:
        overdue = f"{await _action(tx, event)}, due until {_due_day(event)}"
        await remind(tx, event.owner, _subject(event), overdue, event.at)
    if await cases.lock_newest(tx, _dedup_key(event, "review_action_overdue")) is None:
        owner = await name_person(tx, event.owner)
        title = f"Overdue since {_due_day(event)}, with {owner}: {await _action(tx, event)}"
        audience = await _audience(tx, event, event.owner)
        await _notify(tx, event, "review_action_overdue", title, audience)


async def on_action_verified(tx: Connection, received: ReceivedEvent[ReviewActionVerified]) -> None:
    """Remind nobody any more of an action that is done, and resolve its case."""
    event = received.event
    await forget(tx, _subject(event))
    reason = f"verified by {event.verified_by}"
    await resolve_cases(tx, {_dedup_key(event, "review_action_overdue"): reason})


async def _review(tx: Connection, event: ReviewEvent) -> str:
    """The review in words: `review of June 2026 for Acme Logistics (acme-2026-06)`."""
    customer = await name_customer(tx, event.customer)
    return f"review of {name_month(event.month)} for {customer} ({event.review})"


async def _action(tx: Connection, event: ReviewActionAgreed | ReviewActionDue) -> str:
    """The action in words, by its key alone in events from before they had a title."""
    named = f'"{event.title}" ({event.action})' if event.title else event.action
    customer = await name_customer(tx, event.customer)
    return f"{named}, from the review of {name_month(event.month)} for {customer}"


def _due_day(event: ReviewActionAgreed | ReviewActionDue) -> str:
    """The due date in the customer's zone; in UTC for events from before they had it."""
    return name_day(event.due or (event.due_at - timedelta(seconds=1)).date())


async def _audience(tx: Connection, event: ReviewEvent, *exclude: str) -> list[str]:
    """The people named and those with one of the roles, without `exclude`, who know already."""
    roles_by_sub = await directory.list_roles(tx)
    with_role = [sub for sub, roles in roles_by_sub.items() if roles & {*event.roles}]
    return [sub for sub in sorted({*event.people, *with_role}) if sub not in exclude]


async def _notify(
    tx: Connection, event: ReviewEvent, kind: TriggerKind, title: str, people: Sequence[str]
) -> None:
    trigger = Trigger(
        kind, "trivial", _dedup_key(event, kind), title, event.at, customer=event.customer
    )
    if people:
        await notify_only(tx, trigger, people, title)


def _subject(event: ReviewActionDue | ReviewActionVerified) -> str:
    return f"review-action/{event.action}"


def _dedup_key(event: ReviewEvent, kind: TriggerKind) -> str:
    subject = getattr(event, "action", event.month)
    return f"review/{event.review}/{subject}/{kind}"
