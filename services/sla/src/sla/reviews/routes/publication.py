"""Reviews drawn up, drawn again, published: whoever drew one up does not publish it (R1)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated

from fastapi import Request, Response

from common.audit import Entry, record
from common.auth import Caller, requires
from common.errors import Conflict, Forbidden, NotFound, ValidationFailed, Violation
from common.http import if_match, problem_response, router, set_etag
from common.persistence.database import Connection, Transaction, transaction_time
from sla.calendars.domain.month import month_of, zone_named
from sla.calendars.schemas import Name, id_or_key
from sla.directory.store import customers, directory
from sla.directory.store.directory import Customer
from sla.reviews import commands as reviewing
from sla.reviews.routes.reviews import seen
from sla.reviews.schemas.requests import AudienceAsked, Publication, ReviewAsked, month_asked
from sla.reviews.schemas.responses import AudienceTold, ReviewTold, review_told
from sla.reviews.store import reviews
from sla.reviews.store.reviews import Audience, Review

routes = router("/v1/reviews", tags=["reviews"])
audiences = router("/v1/customers", tags=["reviews"])


@routes.post("", status_code=201)
async def draw_up(
    asked: ReviewAsked,
    tx: Transaction,
    response: Response,
    caller: Annotated[Caller, requires("reviews:write")],
) -> ReviewTold:
    """On demand, also for a month that is not over yet; by itself it comes when the month ends."""
    found = await directory.find_customer(tx, asked.customer)
    if found is None:
        unknown = f"there is no customer {asked.customer!r}; intake registers them"
        raise ValidationFailed([Violation("/customer", "unknown", unknown)])
    (customer,) = await customers.named(tx, [found.id])
    month, at = month_asked(asked.month, "/month"), await transaction_time(tx)
    if month > month_of(at, zone_named(customer.timezone)):
        raise ValidationFailed([Violation("/month", "future", "give a month that has begun")])
    review = await reviewing.draw(tx, customer, month, caller.sub, at)
    if review is None:
        raise Conflict(f"There is a review {customer.key}-{month}. Draw it up again, or read it.")
    await record(tx, _entry(review, caller, "review.draw", {"month": str(month)}, at))
    response.headers["Location"] = f"/v1/reviews/{review.id}"
    return review_told(review)


@routes.post("/{name}/regenerate")
async def draw_again(
    name: Name,
    request: Request,
    tx: Transaction,
    response: Response,
    caller: Annotated[Caller, requires("reviews:write")],
) -> ReviewTold:
    """With what is known now. What was published stays as it was, until this is published too."""
    review = await locked(tx, name, caller, request)
    at = await transaction_time(tx)
    again = await reviewing.draw_again(tx, review, caller.sub, at)
    await record(tx, _entry(again, caller, "review.draw", {"month": str(again.month)}, at))
    set_etag(response, again.sequence)
    return review_told(again)


@routes.post("/{name}/publish", response_model=ReviewTold)
async def publish(
    name: Name,
    request: Request,
    tx: Transaction,
    response: Response,
    caller: Annotated[Caller, requires("reviews:write")],
    asked: Publication | None = None,
) -> ReviewTold | Response:
    """Another person than the one who drew it up has looked at it: it goes to its audience."""
    review = await locked(tx, name, caller, request)
    at, reason = await transaction_time(tx), asked.reason if asked else None
    grounds = {"edition": review.edition + 1, "reason": reason}
    if review.generated_by == caller.sub:
        await record(tx, _entry(review, caller, "review.publish.denied", grounds, at))
        said = "Somebody else than whoever drew it up publishes it."
        return problem_response(Forbidden(said, code="SELF_APPROVAL"))
    if await _nothing_new(tx, review):
        raise Conflict("This is published as it is. Draw it up again first.")
    if review.edition and reason is None:
        raise ValidationFailed(
            [Violation("/reason", "missing", "say why there is another edition")]
        )
    why = reason if review.edition else None
    published = await reviewing.publish_review(tx, review, caller.sub, why, at)
    await record(tx, _entry(published, caller, "review.publish", grounds, at))
    set_etag(response, published.sequence)
    return review_told(published)


@audiences.put("/{name}/review-audience")
async def set_audience(
    name: Name,
    asked: AudienceAsked,
    tx: Transaction,
    caller: Annotated[Caller, requires("reviews:write")],
) -> AudienceTold:
    """Who is told when a review is ready or published; nobody named: the delivery managers."""
    customer = await _customer(tx, name)
    at = await transaction_time(tx)
    people, contacts = dict.fromkeys(asked.people), dict.fromkeys(asked.contacts)
    wanted = Audience(tuple(people), tuple(contacts))
    await reviews.set_audience(tx, customer.id, wanted, caller.sub, at)
    grounds = {"people": list(people), "contacts": [str(id) for id in contacts]}
    subject = f"customer/{customer.id}"
    await record(tx, Entry(at, caller.sub, "review.audience", subject, grounds, caller.via_machine))
    return _audience(customer, wanted)


@audiences.get("/{name}/review-audience")
async def show_audience(
    name: Name, tx: Transaction, caller: Annotated[Caller, requires("reviews:write")]
) -> AudienceTold:
    customer = await _customer(tx, name)
    return _audience(customer, await reviews.audience(tx, customer.id) or Audience())


async def locked(tx: Connection, name: str, caller: Caller, request: Request) -> Review:
    """The review as it is while its row is locked. Honours If-Match."""
    found = await seen(tx, name, caller)
    await reviews.lock(tx, found.id)
    review = await reviews.find(tx, found.id)
    assert review is not None
    if_match(request, review.sequence, review_told(review))
    return review


async def _nothing_new(tx: Connection, review: Review) -> bool:
    newest = await reviews.edition(tx, review.id, review.edition)
    return newest is not None and newest.report.generated_at == review.generated_at


async def _customer(tx: Connection, name: str) -> Customer:
    customer = await directory.find_customer(tx, id_or_key(name))
    if customer is None:
        raise NotFound("This customer")
    return customer


def _audience(customer: Customer, audience: Audience) -> AudienceTold:
    return AudienceTold(
        customer=customer.key, people=list(audience.people), contacts=list(audience.contacts)
    )


def _entry(
    review: Review, caller: Caller, action: str, grounds: Mapping[str, object], at: datetime
) -> Entry:
    return Entry(at, caller.sub, action, f"review/{review.id}", grounds, caller.via_machine)
