"""Reviews to look at: listed, shown, printed. Customers see what was published to them."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, Request, Response

from common.auth import Caller, requires
from common.errors import NotFound
from common.http import Page, Paging, encode_cursor, router
from common.http.etag import etag
from common.persistence.database import Connection, Transaction
from sla.calendars.domain.month import zone_named
from sla.calendars.schemas import Name, id_or_key
from sla.rendering.figures import instant
from sla.reviews.documents import review as review_paper
from sla.reviews.domain.action_item import on_the_table
from sla.reviews.domain.meeting import Meeting
from sla.reviews.domain.report import Report
from sla.reviews.routes.formats import FORMS, FormQuery, in_form
from sla.reviews.schemas.requests import MonthQuery, month_asked
from sla.reviews.schemas.responses import ReviewTold, ShownTold, review_told, shown
from sla.reviews.store import meetings, reviews
from sla.reviews.store.reviews import Edition, Review

routes = router("/v1/reviews", tags=["reviews"])


@routes.get("")
async def list_reviews(
    tx: Transaction,
    page: Annotated[Paging, Depends()],
    caller: Annotated[Caller, requires("reviews:read")],
    customer: Annotated[str | None, Query(max_length=100, description="By key.")] = None,
    month: MonthQuery = None,
) -> Page[ReviewTold]:
    """The newest month first; customers see their own published ones."""
    after = page.after_as(str, UUID)
    wanted = str(month_asked(month)) if month is not None else None
    if customer is not None and not caller.can_see(customer):
        return Page[ReviewTold](items=[])
    found = await reviews.page(
        tx,
        caller.customer or customer,
        wanted,
        caller.customer is not None,
        page.limit,
        after and (after[0], after[1]),
    )
    items = [review_told(one) for one in found[: page.limit]]
    last = items[-1] if len(found) > page.limit else None
    return Page[ReviewTold](items=items, next=encode_cursor(last.month, last.id) if last else None)


@routes.get("/{name}", response_model=ShownTold, responses=FORMS)
async def show_review(
    name: Name,
    request: Request,
    tx: Transaction,
    caller: Annotated[Caller, requires("reviews:read")],
    form: FormQuery = None,
    edition: Annotated[
        int | None, Query(ge=0, le=10_000, description="0 is the draft; else the newest.")
    ] = None,
) -> Response:
    """One edition as it was published, with the agenda, minutes and actions of today."""
    review = await seen(tx, name, caller)
    published, report = await _edition(tx, review, caller, edition)
    meeting = await meeting_of(tx, review, report)
    told = shown(review, published, report, meeting)
    paper = review_paper.paper(report, meeting, _standing(published, report))
    answer = await in_form(request, form, told, paper)
    answer.headers["ETag"] = etag(review.sequence)
    return answer


async def seen(tx: Connection, name: str, caller: Caller) -> Review:
    """The review. Raises NotFound, also for what this caller may not see (yet)."""
    review = await reviews.find(tx, id_or_key(name))
    if review is None or not caller.can_see(review.customer):
        raise NotFound("This review")
    if caller.customer is not None and not review.edition:
        raise NotFound("This review")
    return review


async def meeting_of(tx: Connection, review: Review, report: Report) -> Meeting:
    actions = await meetings.actions_of(tx, review.customer_id, str(review.month))
    return Meeting(
        await meetings.agenda(tx, review.id),
        await meetings.minutes(tx, review.id),
        on_the_table(actions, review.month, report.ends_at),
    )


async def _edition(
    tx: Connection, review: Review, caller: Caller, wanted: int | None
) -> tuple[Edition | None, Report]:
    number = review.edition if wanted is None else wanted
    if number == 0:
        if caller.customer is not None:
            raise NotFound("This edition")
        return None, await reviews.draft(tx, review.id)
    found = await reviews.edition(tx, review.id, number)
    if found is None:
        raise NotFound("This edition")
    return found, found.report


def _standing(published: Edition | None, report: Report) -> str:
    zone = zone_named(report.timezone)
    if published is None:
        return f"Draft, as known on {instant(report.generated_at, zone)}"
    said = f"Edition {published.number}, published on {instant(published.published_at, zone)}"
    return f"{said}: {published.reason}" if published.reason else said
