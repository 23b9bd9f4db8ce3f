"""Routes that generate and publish reviews: another person publishes than generated (R1)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated

from fastapi import Request, Response

from common.audit import Entry, record
from common.auth import Caller, requires
from common.auth.persons import counted_as
from common.domain import Rejection
from common.errors import Conflict, ValidationFailed, Violation
from common.http import Transaction, if_match, rejection_response, router, set_etag
from common.persistence.database import Connection, transaction_time
from sla.calendars.domain.month import month_of, zone_or_utc
from sla.directory.dependencies import get_named_customer, get_visible_customer
from sla.directory.store import customers
from sla.directory.store.directory import Customer
from sla.path_parameters import CustomerRef, ReviewRef
from sla.reviews import commands
from sla.reviews.domain.draft import unexplained_breaches
from sla.reviews.routes.reviews import get_visible_review
from sla.reviews.schemas.requests import (
    AudienceUpdate,
    ReviewCreate,
    ReviewPublish,
    month_from_request,
)
from sla.reviews.schemas.responses import AudienceRead, ReviewRead, to_response
from sla.reviews.store import reviews
from sla.reviews.store.reviews import Audience, Review

routes = router("/v1/reviews", tags=["reviews"])
audiences = router("/v1/customers", tags=["reviews"])

MAX_NAMED = 10
"""The most breaches that an error names."""


@routes.post("", status_code=201)
async def generate_review(
    body: ReviewCreate,
    tx: Transaction,
    response: Response,
    caller: Annotated[Caller, requires("reviews:write")],
) -> ReviewRead:
    """Create the review of a month, which may not be over yet. When a month is over, its review is
    created automatically."""
    named = await get_named_customer(tx, body.customer)
    (customer,) = await customers.list_by_ids(tx, [named.id])
    month, at = month_from_request(body.month, "/month"), await transaction_time(tx)
    if month > month_of(at, zone_or_utc(customer.timezone)):
        raise ValidationFailed([Violation("/month", "future", "give a month that has begun")])
    review = await commands.generate(tx, customer, month, caller.sub, at)
    if review is None:
        raise Conflict(
            f"There is a review {customer.key}-{month}. Draw it up again, or read it.",
            code="REVIEW_EXISTS",
            type="conflict",
            parameters={"review": f"{customer.key}-{month}"},
        )
    await record(tx, _audit_entry(review, caller, "review.draw", {"month": str(month)}, at))
    response.headers["Location"] = f"/v1/reviews/{review.id}"
    return to_response(review)


@routes.post("/{review}/regenerate")
async def regenerate_review(
    name: ReviewRef,
    request: Request,
    tx: Transaction,
    response: Response,
    caller: Annotated[Caller, requires("reviews:write")],
) -> ReviewRead:
    """Regenerate the draft of a review from what is known now. Published editions stay as they
    are."""
    review = await lock_review(tx, name, caller, request)
    at = await transaction_time(tx)
    updated = await commands.regenerate(tx, review, caller.sub, at)
    await record(
        tx, _audit_entry(updated, caller, "review.draw", {"month": str(updated.month)}, at)
    )
    set_etag(response, updated.sequence)
    return to_response(updated)


@routes.post("/{review}/publish", response_model=ReviewRead)
async def publish_review(
    name: ReviewRef,
    request: Request,
    tx: Transaction,
    response: Response,
    caller: Annotated[Caller, requires("reviews:write")],
    body: ReviewPublish | None = None,
) -> ReviewRead | Response:
    """Publish a review as its next edition, to its audience. The caller must be another person than
    the one who generated it or wrote its assessment. Every breach needs a reason: a comment, a waiver,
    or a change that moved its deadline."""
    review = await lock_review(tx, name, caller, request)
    at, reason = await transaction_time(tx), body.reason if body else None
    grounds = {"edition": review.edition + 1, "reason": reason}
    if (own := await _own_part(tx, review, caller)) is not None:
        await record(tx, _audit_entry(review, caller, "review.publish.denied", grounds, at))
        message = f"Somebody else than whoever {own} publishes it."
        return rejection_response(Rejection("SELF_APPROVAL", message))
    if await _is_unchanged(tx, review):
        detail = "This is published as it is. Draw it up again first."
        raise Conflict(detail, code="NOTHING_NEW", type="conflict")
    if unexplained := unexplained_breaches(await reviews.get_draft(tx, review.id)):
        raise Conflict(_reasons_missing(unexplained), code="REASONS_MISSING")
    if review.edition and reason is None:
        raise ValidationFailed(
            [Violation("/reason", "missing", "say why there is another edition")]
        )
    edition_reason = reason if review.edition else None
    published = await commands.publish_review(tx, review, caller.sub, edition_reason, at)
    await record(tx, _audit_entry(published, caller, "review.publish", grounds, at))
    set_etag(response, published.sequence)
    return to_response(published)


@audiences.put("/{customer}/review-audience")
async def update_review_audience(
    name: CustomerRef,
    body: AudienceUpdate,
    tx: Transaction,
    caller: Annotated[Caller, requires("reviews:write")],
) -> AudienceRead:
    """Replace the audience of a customer's reviews. These people are notified when a review is
    ready or published; without any: the delivery managers."""
    customer = await get_visible_customer(tx, name, caller)
    at = await transaction_time(tx)
    people, contacts = dict.fromkeys(body.people), dict.fromkeys(body.contacts)
    audience = Audience(tuple(people), tuple(contacts))
    await reviews.set_audience(tx, customer.id, audience, caller.sub, at)
    grounds = {"people": list(people), "contacts": [str(id) for id in contacts]}
    subject = f"customer/{customer.id}"
    await record(tx, Entry.by(caller.actor, at, "review.audience", subject, grounds))
    return _audience_response(customer, audience)


@audiences.get("/{customer}/review-audience")
async def get_review_audience(
    name: CustomerRef, tx: Transaction, caller: Annotated[Caller, requires("reviews:write")]
) -> AudienceRead:
    """Get the audience of a customer's reviews."""
    customer = await get_visible_customer(tx, name, caller)
    return _audience_response(customer, await reviews.find_audience(tx, customer.id) or Audience())


async def lock_review(tx: Connection, name: str, caller: Caller, request: Request) -> Review:
    """The review, its row locked. Raises NotFound, and PreconditionFailed for If-Match."""
    visible = await get_visible_review(tx, name, caller)
    await reviews.lock(tx, visible.id)
    review = await reviews.find(tx, visible.id)
    assert review is not None
    if_match(request, review.sequence, to_response(review))
    return review


async def _own_part(tx: Connection, review: Review, caller: Caller) -> str | None:
    """What the caller did to the draft, who then may not publish it (R1); None: nothing."""
    author = (await reviews.get_draft(tx, review.id)).assessment_account
    for person, part in ((review.generated_by, "drew it up"), (author, "wrote its assessment")):
        if person is not None and person == await counted_as(tx, caller.sub, person):
            return part
    return None


async def _is_unchanged(tx: Connection, review: Review) -> bool:
    newest_edition = await reviews.find_edition(tx, review.id, review.edition)
    draft = await reviews.get_draft(tx, review.id)
    return newest_edition is not None and newest_edition.report == draft


def _reasons_missing(unexplained: Sequence[str]) -> str:
    named = ", ".join(unexplained[:MAX_NAMED]) + (" and others" if unexplained[MAX_NAMED:] else "")
    return (
        f"Nobody has said why these promises were broken: {named}. Comment on these breaches, then"
        " generate the review again."
    )


def _audience_response(customer: Customer, audience: Audience) -> AudienceRead:
    return AudienceRead(
        customer=customer.key, people=list(audience.people), contacts=list(audience.contacts)
    )


def _audit_entry(
    review: Review, caller: Caller, action: str, grounds: Mapping[str, object], at: datetime
) -> Entry:
    return Entry.by(caller.actor, at, action, f"review/{review.id}", grounds)
