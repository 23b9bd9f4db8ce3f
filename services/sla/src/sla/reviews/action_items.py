"""Actions that reviews agree on: announced, and told of again when their day is over (R14)."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from common.events.reviews import ReviewActionAgreed, ReviewActionDue
from common.messaging.outbox import OutboxEvent, publish
from common.persistence.database import Connection
from common.scheduling.deadlines import Deadline, Due, schedule
from sla.calendars.domain.month import zone_or_utc
from sla.directory.store import customers
from sla.reviews.commands import event_fields
from sla.reviews.domain.action_item import ActionItem
from sla.reviews.store import meetings, reviews
from sla.reviews.store.reviews import Review

DEADLINE_KIND = "review_action"
"""The kind of deadline at which an action's day is over. Subject: the action."""
REMINDER_INTERVAL = timedelta(days=1)
"""How long after a reminder comes the next one, until somebody has verified."""


async def create_action(tx: Connection, review: Review, action: ActionItem, at: datetime) -> None:
    """Store a new action of a review, which is locked, and tell its owner."""
    await meetings.add_action(tx, action)
    due_at = await schedule_deadline(tx, action)
    fields = await event_fields(tx, review, at)
    event = ReviewActionAgreed(**fields, action=action.key, owner=action.owner, due_at=due_at)
    await publish(tx, OutboxEvent(event, await reviews.advance_sequence(tx, review)))


async def schedule_deadline(tx: Connection, action: ActionItem) -> datetime:
    """Arm the end of its due date on the customer's wall; disarm it once it is verified."""
    (customer,) = await customers.list_by_ids(tx, [action.customer_id])
    due_at = _due_at(action, zone_or_utc(customer.timezone))
    await schedule(
        tx, [Deadline(DEADLINE_KIND, action.id, None if action.state == "verified" else due_at)]
    )
    return due_at


async def on_actions_due(tx: Connection, due: Sequence[Due], at: datetime) -> None:
    """Remind of what nobody has verified, and again the day after."""
    records = [await meetings.find_action(tx, one.subject) for one in due]
    unverified = [one[0] for one in records if one is not None and one[0].state != "verified"]
    for action in sorted(unverified, key=lambda action: action.review_id):
        review = await reviews.find(tx, action.review_id)
        assert review is not None
        await reviews.lock(tx, review.id)
        (customer,) = await customers.list_by_ids(tx, [action.customer_id])
        due_at = _due_at(action, zone_or_utc(customer.timezone))
        event = ReviewActionDue(
            **await event_fields(tx, review, at),
            action=action.key,
            owner=action.owner,
            due_at=due_at,
            fired_at=at,
        )
        await publish(tx, OutboxEvent(event, await reviews.advance_sequence(tx, review)))
    await schedule(
        tx, [Deadline(DEADLINE_KIND, action.id, at + REMINDER_INTERVAL) for action in unverified]
    )


def _due_at(action: ActionItem, zone: ZoneInfo) -> datetime:
    day_after = action.due + timedelta(days=1)
    return datetime(day_after.year, day_after.month, day_after.day, tzinfo=zone).astimezone(UTC)
