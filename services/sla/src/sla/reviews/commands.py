"""Commands of reviews: schedule, generate and publish them, with their events."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from common.events.reviews import ReviewPublished, ReviewReady
from common.messaging.outbox import OutboxEvent, publish
from common.persistence.database import Connection
from common.persistence.ids import uuid7
from common.scheduling.deadlines import Deadline, schedule
from sla.agreements.store import agreements
from sla.calendars.domain.month import Month, month_of, zone_or_utc
from sla.directory.store import customers
from sla.directory.store.customers import CustomerProfile
from sla.reviews.domain.draft import with_assessment, with_assessment_of
from sla.reviews.domain.month_end import final_at
from sla.reviews.generation import generate_report
from sla.reviews.store import reviews
from sla.reviews.store.reviews import Audience, Edition, Review

DEADLINE_KIND = "review"
"""The kind of deadline at which a month is over and its review is generated. Subject: customer."""
SYSTEM = "opsdesk"
"""Who generated a scheduled review: no person, so that any one person may publish it."""
DEFAULT_AUDIENCE_ROLES = ("dm",)
"""The roles that are notified of a customer's reviews while no audience is set."""


async def schedule_reviews(
    tx: Connection, reviewed_customers: Sequence[CustomerProfile], at: datetime
) -> None:
    """Schedule the end of each customer's next month to review (C13); not for retired customers.

    An agreement that is published later may move it: that is looked at when it is due.
    """
    agreed = await agreements.list_binding(tx, [one.id for one in reviewed_customers])
    deadlines = []
    for customer in reviewed_customers:
        if customer.retired:
            deadlines.append(Deadline(DEADLINE_KIND, customer.id, None))
            continue
        zone = zone_or_utc(customer.timezone)
        month = await reviews.ensure_schedule(tx, customer.id, month_of(at, zone))
        deadlines.append(
            Deadline(DEADLINE_KIND, customer.id, final_at(month, zone, agreed.get(customer.id, ())))
        )
    await schedule(tx, deadlines)


async def generate(
    tx: Connection, customer: CustomerProfile, month: Month, actor: str, at: datetime
) -> Review | None:
    """Generate the first draft of a month and publish ReviewReady; None if there is a review."""
    report = await generate_report(tx, customer, month, at)
    key = f"{customer.key}-{month}"
    review = Review(uuid7(), key, customer.id, customer.key, month, actor, at, 0, 1)
    if not await reviews.add(tx, review, report):
        return None
    fields = await event_fields(tx, review, at)
    await publish(tx, OutboxEvent(ReviewReady(**fields, generated_by=actor), 1))
    return review


async def generate_final(
    tx: Connection, customer: CustomerProfile, month: Month, at: datetime
) -> None:
    """Generate the review of a month that is over, also where somebody drew up a preliminary one before.

    The preliminary draft is replaced; its published editions stay. What a person wrote of a month that was
    not over is kept beside the new assessment.
    """
    if await generate(tx, customer, month, SYSTEM, at) is not None:
        return
    earlier = await reviews.find(tx, f"{customer.key}-{month}")
    assert earlier is not None
    await reviews.lock(tx, earlier.id)
    review = await reviews.find(tx, earlier.id)
    assert review is not None
    if (await reviews.get_draft(tx, review.id)).preliminary:
        await regenerate(tx, review, SYSTEM, at)


async def regenerate(tx: Connection, review: Review, actor: str, at: datetime) -> Review:
    """Replace the draft by what is known now. The review is locked; its editions do not change.

    What a person wrote as its assessment stays, but for what was written before the month was over.
    """
    (customer,) = await customers.list_by_ids(tx, [review.customer_id])
    former = await reviews.get_draft(tx, review.id)
    report = with_assessment_of(await generate_report(tx, customer, review.month, at), former)
    updated = replace(review, generated_by=actor, generated_at=at, sequence=review.sequence + 1)
    await reviews.save_draft(tx, updated, report)
    fields = await event_fields(tx, updated, at)
    await publish(tx, OutboxEvent(ReviewReady(**fields, generated_by=actor), updated.sequence))
    return updated


async def write_assessment(
    tx: Connection, review: Review, paragraphs: Sequence[str], by: tuple[str, str]
) -> Review:
    """Replace the draft's assessment by a person's words; none: by what the figures say.

    The review is locked. `by`: account and name. Who writes it has drawn the review up, so that another
    person publishes it.
    """
    report = with_assessment(await reviews.get_draft(tx, review.id), paragraphs, by)
    updated = replace(review, generated_by=by[0])
    await reviews.save_draft(tx, updated, report)
    return updated


async def publish_review(
    tx: Connection, review: Review, by: str, reason: str | None, at: datetime
) -> Review:
    """Store the draft as the next edition, which never changes. The review is locked."""
    published = replace(review, edition=review.edition + 1, sequence=review.sequence + 1)
    report = await reviews.get_draft(tx, review.id)
    edition = Edition(published.edition, report, reason, review.generated_by, by, at)
    await reviews.add_edition(tx, published, edition)
    audience = await reviews.find_audience(tx, review.customer_id) or Audience()
    event = ReviewPublished(
        **await event_fields(tx, published, at),
        edition=edition.number,
        published_by=by,
        contacts=list(audience.contacts),
    )
    await publish(tx, OutboxEvent(event, published.sequence))
    return published


async def event_fields(tx: Connection, review: Review, at: datetime) -> dict[str, Any]:
    """The fields that every event about a review has, with its audience."""
    audience = await reviews.find_audience(tx, review.customer_id) or Audience()
    return {
        "at": at,
        "review_id": review.id,
        "review": review.key,
        "customer_id": review.customer_id,
        "customer": review.customer,
        "month": str(review.month),
        "people": list(audience.people),
        "roles": [] if audience.people else list(DEFAULT_AUDIENCE_ROLES),
    }
