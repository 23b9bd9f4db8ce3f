"""The routes that list and show reviews. Customers see what was published to them."""

from collections.abc import Mapping
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, Request, Response

from common.auth import Caller, requires
from common.errors import NotFound
from common.http import Page, Paging, Transaction, router
from common.http.etag import etag
from common.http.state import runtime_of
from common.persistence.database import Connection
from common.runtime import Runtime
from sla.calendars.domain.month import zone_or_utc
from sla.calendars.schemas import id_or_key
from sla.directory.fields import CustomerFilter
from sla.directory.store.people import names_of_accounts
from sla.path_parameters import ReviewRef
from sla.rendering.figures import format_instant
from sla.reviews.documents import review as review_document
from sla.reviews.documents.parties_section import Makers
from sla.reviews.domain.action_item import actions_for_review
from sla.reviews.domain.for_customer import meeting_until, report_for_customer
from sla.reviews.domain.meeting import Meeting
from sla.reviews.domain.report import Report
from sla.reviews.routes.formats import FORMAT_RESPONSES, FormatQuery, render_response
from sla.reviews.schemas.for_customer import (
    ReviewDetailForCustomer,
    ReviewForCustomer,
    to_customer_detail_response,
    to_customer_response,
)
from sla.reviews.schemas.requests import MonthQuery, month_from_request
from sla.reviews.schemas.responses import (
    ReviewDetail,
    ReviewPage,
    ReviewRead,
    to_detail_response,
    to_response,
)
from sla.reviews.store import meetings, reviews
from sla.reviews.store.reviews import Edition, Review
from sla.settings import SlaSettings

routes = router("/v1/reviews", tags=["reviews"])


@routes.get("", response_model=ReviewPage)
async def list_reviews(
    tx: Transaction,
    page: Annotated[Paging, Depends()],
    caller: Annotated[Caller, requires("reviews:read")],
    customer: CustomerFilter = None,
    month: MonthQuery = None,
) -> Page[ReviewRead | ReviewForCustomer]:
    """List reviews, newest month first. Customers see their own published ones."""
    month_key = str(month_from_request(month)) if month is not None else None
    if customer is not None and not caller.can_see(customer):
        return Page[ReviewRead | ReviewForCustomer](items=[])
    rows = await reviews.page(
        tx,
        caller.customer or customer,
        month_key,
        caller.customer is not None,
        page.limit,
        page.after_as(str, UUID),
    )
    respond = to_response if caller.customer is None else to_customer_response
    return page.page_of(rows, respond, lambda one: (str(one.month), one.id))


@routes.get(
    "/{review}", response_model=ReviewDetail | ReviewDetailForCustomer, responses=FORMAT_RESPONSES
)
async def get_review(
    name: ReviewRef,
    request: Request,
    tx: Transaction,
    caller: Annotated[Caller, requires("reviews:read")],
    requested_format: FormatQuery = None,
    edition: Annotated[
        int | None, Query(ge=0, le=10_000, description="0 is the draft; else the newest.")
    ] = None,
) -> Response:
    """Get an edition of a review as it was published, with agenda, minutes and action items.

    Staff read the present ones; a customer those that stood there when the edition was published.
    """
    review = await get_visible_review(tx, name, caller)
    shown_edition, report = await _resolve_edition(tx, review, caller, edition)
    meeting = await load_meeting(tx, review, report)
    names = await names_of_accounts(tx, _people_of(review, shown_edition, meeting))
    provider = _settings_of(request).provider_name
    makers = _makers(provider, names, review, shown_edition)
    detail: ReviewDetail | ReviewDetailForCustomer
    if caller.customer is None:
        detail = to_detail_response(review, shown_edition, report, meeting, (provider, names))
        status_line = _status_line(shown_edition, report, with_reason=True)
    else:
        assert shown_edition is not None, "customers have no drafts"
        report = report_for_customer(report)
        meeting = meeting_until(meeting, shown_edition.published_at)
        detail = to_customer_detail_response(review, shown_edition, report, meeting, makers)
        status_line = _status_line(shown_edition, report, with_reason=False)
    document = review_document.build_document(report, meeting, status_line, makers)
    response = await render_response(request, requested_format, detail, document)
    response.headers["ETag"] = etag(review.sequence)
    return response


def _people_of(review: Review, edition: Edition | None, meeting: Meeting) -> set[str]:
    """The accounts of those who made a review, and of those who own its actions."""
    makers = {review.generated_by} if edition is None else {edition.generated_by}
    published = set() if edition is None else {edition.published_by}
    return makers | published | {one.owner for one in meeting.actions}


def _makers(
    provider: str | None, names: Mapping[str, str], review: Review, edition: Edition | None
) -> Makers:
    prepared_by = review.generated_by if edition is None else edition.generated_by
    published_by = None if edition is None else edition.published_by
    return Makers(provider, names.get(prepared_by), published_by and names.get(published_by))


def _settings_of(request: Request) -> SlaSettings:
    runtime: Runtime[SlaSettings] = runtime_of(request.app)
    return runtime.settings


async def get_visible_review(tx: Connection, name: str, caller: Caller) -> Review:
    """The review. Raises NotFound, also for one that the caller may not see (yet)."""
    review = await reviews.find(tx, id_or_key(name))
    if review is None or not caller.can_see(review.customer):
        raise NotFound("This review")
    if caller.customer is not None and not review.edition:
        raise NotFound("This review")
    return review


async def load_meeting(tx: Connection, review: Review, report: Report) -> Meeting:
    actions = await meetings.list_actions_until(tx, review.customer_id, str(review.month))
    return Meeting(
        await meetings.list_agenda_items(tx, review.id),
        await meetings.list_minutes(tx, review.id),
        actions_for_review(actions, review.month, report.ends_at),
    )


async def _resolve_edition(
    tx: Connection, review: Review, caller: Caller, requested: int | None
) -> tuple[Edition | None, Report]:
    number = review.edition if requested is None else requested
    if number == 0:
        if caller.customer is not None:
            raise NotFound("This edition")
        return None, await reviews.get_draft(tx, review.id)
    edition = await reviews.find_edition(tx, review.id, number)
    if edition is None:
        raise NotFound("This edition")
    return edition, edition.report


def _status_line(edition: Edition | None, report: Report, *, with_reason: bool) -> str:
    """What stands below the title. Why there is another edition is for staff."""
    zone = zone_or_utc(report.timezone)
    prefix = "Preliminary. " if report.preliminary else ""
    if edition is None:
        return f"{prefix}Draft, as known on {format_instant(report.generated_at, zone)}"
    published_at = format_instant(edition.published_at, zone)
    text = f"{prefix}Edition {edition.number}, published on {published_at}"
    return f"{text}: {edition.reason}" if edition.reason and with_reason else text
