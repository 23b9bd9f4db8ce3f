"""Actions that reviews agree on: announced, and told of again when their day is over (R14)."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from common.events.reviews import ReviewActionAgreed, ReviewActionDue
from common.messaging.outbox import OutboxEvent, publish
from common.persistence.database import Connection
from common.scheduling.deadlines import Deadline, Due, schedule
from sla.calendars.domain.month import zone_named
from sla.directory.store import customers
from sla.reviews.commands import facts_of
from sla.reviews.domain.action_item import Action
from sla.reviews.store import meetings, reviews
from sla.reviews.store.reviews import Review

KIND = "review_action"
"""The kind of deadline at which an action's day is over. Subject: the action."""
AGAIN = timedelta(days=1)
"""How long after a reminder comes the next one, until somebody has verified."""


async def agree(tx: Connection, review: Review, action: Action, at: datetime) -> None:
    """Store a new action of a review, which is locked, and tell its owner."""
    await meetings.add_action(tx, action)
    due_at = await expect(tx, action)
    facts = await facts_of(tx, review, at)
    event = ReviewActionAgreed(**facts, action=action.key, owner=action.owner, due_at=due_at)
    await publish(tx, OutboxEvent(event, await reviews.bump(tx, review)))


async def expect(tx: Connection, action: Action) -> datetime:
    """Arm the end of its due date on the customer's wall; disarm it once it is verified."""
    (customer,) = await customers.named(tx, [action.customer_id])
    due_at = _end_of(action, zone_named(customer.timezone))
    await schedule(tx, [Deadline(KIND, action.id, None if action.state == "verified" else due_at)])
    return due_at


async def on_actions_due(tx: Connection, due: Sequence[Due], at: datetime) -> None:
    """Remind of what nobody has verified, and again the day after."""
    found = [await meetings.find_action(tx, one.subject) for one in due]
    waiting = [one[0] for one in found if one is not None and one[0].state != "verified"]
    for action in sorted(waiting, key=lambda action: action.review_id):
        review = await reviews.find(tx, action.review_id)
        assert review is not None
        await reviews.lock(tx, review.id)
        (customer,) = await customers.named(tx, [action.customer_id])
        due_at = _end_of(action, zone_named(customer.timezone))
        event = ReviewActionDue(
            **await facts_of(tx, review, at),
            action=action.key,
            owner=action.owner,
            due_at=due_at,
            fired_at=at,
        )
        await publish(tx, OutboxEvent(event, await reviews.bump(tx, review)))
    await schedule(tx, [Deadline(KIND, action.id, at + AGAIN) for action in waiting])


def _end_of(action: Action, zone: ZoneInfo) -> datetime:
    after = action.due + timedelta(days=1)
    return datetime(after.year, after.month, after.day, tzinfo=zone).astimezone(UTC)
