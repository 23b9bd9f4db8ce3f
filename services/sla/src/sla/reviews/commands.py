"""What every edge does with reviews: draw them up, publish them, tell those whom they concern."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from common.events.reviews import ReviewPublished, ReviewReady
from common.messaging.outbox import OutboxEvent, publish
from common.persistence.database import Connection
from common.persistence.ids import uuid7
from common.scheduling.deadlines import Deadline, Due, schedule
from sla.calendars.domain.month import Month, month_of, zone_named
from sla.directory.store import customers
from sla.directory.store.customers import Named
from sla.reviews.generation import drawn
from sla.reviews.store import reviews
from sla.reviews.store.reviews import Audience, Edition, Review

KIND = "review"
"""The kind of deadline at which a month is over and its review is drawn up. Subject: customer."""
ITSELF = "opsdesk"
"""Who has drawn up what came by schedule: nobody, so that one person may publish it."""
DELIVERY_MANAGERS = ("dm",)
"""Who hears of a customer's reviews while no audience is named."""


async def expect(tx: Connection, whose: Sequence[Named], at: datetime) -> None:
    """Arm the end of each customer's next month to be reviewed; a retired one's is disarmed."""
    armed = []
    for customer in whose:
        if customer.retired:
            armed.append(Deadline(KIND, customer.id, None))
            continue
        zone = zone_named(customer.timezone)
        month = await reviews.schedule(tx, customer.id, month_of(at, zone))
        armed.append(Deadline(KIND, customer.id, month.span(zone).until))
    await schedule(tx, armed)


async def draw(
    tx: Connection, customer: Named, month: Month, by: str, at: datetime
) -> Review | None:
    """Draw up a month for the first time and say so; None where that was done before."""
    report = await drawn(tx, customer, month, at)
    key = f"{customer.key}-{month}"
    review = Review(uuid7(), key, customer.id, customer.key, month, by, at, 0, 1)
    if not await reviews.add(tx, review, report):
        return None
    facts = await facts_of(tx, review, at)
    await publish(tx, OutboxEvent(ReviewReady(**facts, generated_by=by), 1))
    return review


async def draw_again(tx: Connection, review: Review, by: str, at: datetime) -> Review:
    """With what is known now. What was published stays what it was. The review is locked."""
    (customer,) = await customers.named(tx, [review.customer_id])
    report = await drawn(tx, customer, review.month, at)
    again = replace(review, generated_by=by, generated_at=at, sequence=review.sequence + 1)
    await reviews.redraw(tx, again, report)
    facts = await facts_of(tx, again, at)
    await publish(tx, OutboxEvent(ReviewReady(**facts, generated_by=by), again.sequence))
    return again


async def publish_review(
    tx: Connection, review: Review, by: str, reason: str | None, at: datetime
) -> Review:
    """The draft becomes the next edition, for ever as it is now. The review is locked."""
    published = replace(review, edition=review.edition + 1, sequence=review.sequence + 1)
    report = await reviews.draft(tx, review.id)
    edition = Edition(published.edition, report, reason, review.generated_by, by, at)
    await reviews.publish(tx, published, edition)
    audience = await reviews.audience(tx, review.customer_id) or Audience()
    event = ReviewPublished(
        **await facts_of(tx, published, at),
        edition=edition.number,
        published_by=by,
        contacts=list(audience.contacts),
    )
    await publish(tx, OutboxEvent(event, published.sequence))
    return published


async def facts_of(tx: Connection, review: Review, at: datetime) -> dict[str, Any]:
    """What every event about a review says, and to whom it goes."""
    audience = await reviews.audience(tx, review.customer_id) or Audience()
    return {
        "at": at,
        "review_id": review.id,
        "review": review.key,
        "customer_id": review.customer_id,
        "customer": review.customer,
        "month": str(review.month),
        "people": list(audience.people),
        "roles": [] if audience.people else list(DELIVERY_MANAGERS),
    }


async def on_months_over(tx: Connection, due: Sequence[Due], at: datetime) -> None:
    """Draw up what is due, a month at a time, and look forward to the next."""
    ids = [one.subject for one in due]
    whose = {one.id: one for one in await customers.named(tx, ids)}
    for customer_id, month in await reviews.schedules(tx, ids):
        customer = whose[customer_id]
        ends = month.span(zone_named(customer.timezone)).until
        # A customer that moved to another zone meanwhile may have a little more of the month left.
        if not customer.retired and ends <= at:
            await draw(tx, customer, month, ITSELF, at)
            await reviews.reschedule(tx, customer_id, month.after)
    await expect(tx, list(whose.values()), at)
