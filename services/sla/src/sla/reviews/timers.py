"""Timers of reviews: months that are over, and action items whose due date is over."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from common.events.reviews import ReviewActionDue
from common.messaging.outbox import OutboxEvent, publish
from common.persistence.database import Connection
from common.scheduling.deadlines import Deadline, Due, Timer, schedule
from sla.agreements.store import agreements
from sla.calendars.domain.month import zone_or_utc
from sla.directory.store import customers
from sla.reviews.action_items import DEADLINE_KIND, due_instant
from sla.reviews.commands import event_fields, generate_final, schedule_reviews
from sla.reviews.domain.month_end import final_at
from sla.reviews.store import meetings, reviews

REMINDER_INTERVAL = timedelta(days=1)
"""The time between two reminders of an action item that is not verified."""


async def on_actions_due(tx: Connection, due: Sequence[Due], at: datetime) -> None:
    """Publish a reminder of each action item that is not verified, and schedule the next one."""
    records = [await meetings.find_action(tx, one.subject) for one in due]
    unverified = [one[0] for one in records if one is not None and one[0].state != "verified"]
    for action in sorted(unverified, key=lambda action: action.review_id):
        review = await reviews.find(tx, action.review_id)
        assert review is not None
        await reviews.lock(tx, review.id)
        (customer,) = await customers.list_by_ids(tx, [action.customer_id])
        due_at = due_instant(action, zone_or_utc(customer.timezone))
        event = ReviewActionDue(
            **await event_fields(tx, review, at),
            action=action.key,
            owner=action.owner,
            due_at=due_at,
            fired_at=at,
            finished=action.state == "done",
            title=action.title,
            due=action.due,
        )
        await publish(tx, OutboxEvent(event, await reviews.advance_sequence(tx, review)))
    await schedule(
        tx, [Deadline(DEADLINE_KIND, action.id, at + REMINDER_INTERVAL) for action in unverified]
    )


async def on_months_over(tx: Connection, due: Sequence[Due], at: datetime) -> None:
    """Generate the reviews of months that are over, and schedule the next month."""
    ids = [one.subject for one in due]
    by_id = {one.id: one for one in await customers.list_by_ids(tx, ids)}
    agreed = await agreements.list_binding(tx, ids)
    for customer_id, month in await reviews.list_schedules(tx, ids):
        customer = by_id[customer_id]
        zone = zone_or_utc(customer.timezone)
        ends = final_at(month, zone, agreed.get(customer_id, ()))
        # It may not be over yet where the customer moved to another zone, or agreed on something since.
        if not customer.retired and ends <= at:
            await generate_final(tx, customer, month, at)
            await reviews.set_schedule(tx, customer_id, month.after)
    await schedule_reviews(tx, list(by_id.values()), at)


MONTH_OVER = Timer(reviews.lock_available_schedules, on_months_over, waits_for_consumer=True)
ACTION_DUE = Timer(meetings.lock_available_actions, on_actions_due)
