"""Action items of reviews: created with an event, and due at the end of their day (R14)."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from common.errors import ValidationFailed, Violation
from common.events.reviews import ReviewActionAgreed, ReviewActionVerified
from common.messaging.outbox import OutboxEvent, publish
from common.persistence.database import Connection
from common.scheduling.deadlines import Deadline, schedule
from sla.calendars.domain.month import zone_or_utc
from sla.directory.store import customers
from sla.reviews.commands import event_fields
from sla.reviews.domain.action_item import ActionItem
from sla.reviews.store import meetings, reviews
from sla.reviews.store.reviews import Review

DEADLINE_KIND = "review_action"
"""The kind of deadline at which the due date of an action item is over. Subject: the item."""


async def create_action(tx: Connection, review: Review, action: ActionItem, at: datetime) -> None:
    """Store a new action item of a review, which is locked, and publish it for its owner."""
    await meetings.add_action(tx, action)
    due_at = await schedule_deadline(tx, action)
    fields = await event_fields(tx, review, at)
    event = ReviewActionAgreed(
        **fields,
        action=action.key,
        owner=action.owner,
        due_at=due_at,
        title=action.title,
        due=action.due,
    )
    await publish(tx, OutboxEvent(event, await reviews.advance_sequence(tx, review)))


async def announce_verified(
    tx: Connection, action: ActionItem, verified_by: str, at: datetime
) -> None:
    """Say that an action item is verified, with the next sequence of its review."""
    review = await reviews.find(tx, action.review_id)
    assert review is not None
    await reviews.lock(tx, review.id)
    event = ReviewActionVerified(
        **await event_fields(tx, review, at),
        action=action.key,
        owner=action.owner,
        verified_by=verified_by,
    )
    await publish(tx, OutboxEvent(event, await reviews.advance_sequence(tx, review)))


async def schedule_deadline(tx: Connection, action: ActionItem) -> datetime:
    """Schedule the end of the due date in the customer's zone, which is returned.

    Removes the deadline of a verified action item.
    """
    (customer,) = await customers.list_by_ids(tx, [action.customer_id])
    due_at = due_instant(action, zone_or_utc(customer.timezone))
    await schedule(
        tx, [Deadline(DEADLINE_KIND, action.id, None if action.state == "verified" else due_at)]
    )
    return due_at


async def check_due(tx: Connection, customer_id: UUID, due: date, at: datetime) -> None:
    """Raise ValidationFailed where a due date is over at `at`, in the customer's zone."""
    (customer,) = await customers.list_by_ids(tx, [customer_id])
    today = at.astimezone(zone_or_utc(customer.timezone)).date()
    if due < today:
        detail = f"this day is over; give {today} (today in {customer.timezone}) or a later one"
        raise ValidationFailed([Violation("/due", "past", detail)])


def due_instant(action: ActionItem, zone: ZoneInfo) -> datetime:
    """The end of the due date in this zone, in UTC."""
    day_after = action.due + timedelta(days=1)
    return datetime(day_after.year, day_after.month, day_after.day, tzinfo=zone).astimezone(UTC)
