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
from common.persistence.keys import id_or_key
from common.runtime import Runtime
from sla.directory.fields import CustomerFilter
from sla.path_parameters import ReviewRef
from sla.rendering.words import Language
from sla.reviews.documents.parties_section import Makers
from sla.reviews.documents.review import ReviewContent, Status, build_document
from sla.reviews.domain.action_item import actions_for_review
from sla.reviews.domain.for_customer import meeting_until, report_for_customer
from sla.reviews.domain.meeting import Meeting
from sla.reviews.domain.report import Report
from sla.reviews.languages import load_formats
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
    language: Annotated[
        Language | None, Query(description="Of all words; by default that of the customer.")
    ] = None,
) -> Response:
    """Get an edition of a review as it was published, with agenda, minutes and action items.

    Staff read the present ones; a customer those that stood there when the edition was published.
    """
    review = await get_visible_review(tx, name, caller)
    shown_edition, report = await _resolve_edition(tx, review, caller, edition)
    meeting = await load_meeting(tx, review, report)
    if caller.customer is not None:
        assert shown_edition is not None, "customers have no drafts"
        report = report_for_customer(report)
        meeting = meeting_until(meeting, shown_edition.published_at)
    formats = await load_formats(tx, review, report, language, meeting, shown_edition)
    provider = _settings_of(request).provider_name
    makers = _makers(provider, formats.names.people, review, shown_edition)
    status = _status(shown_edition, report, is_staff=caller.customer is None)
    content = ReviewContent(report, meeting, status, makers, formats.names)
    detail: ReviewDetail | ReviewDetailForCustomer
    if caller.customer is None:
        detail = to_detail_response(review, shown_edition, content, formats)
    else:
        assert shown_edition is not None
        detail = to_customer_detail_response(review, shown_edition, content, formats)
    document = build_document(content, formats.words.language)
    response = await render_response(request, requested_format, detail, document)
    response.headers["ETag"] = etag(review.sequence)
    return response


def _makers(
    provider: str | None, people: Mapping[str, str], review: Review, edition: Edition | None
) -> Makers:
    prepared_by = review.generated_by if edition is None else edition.generated_by
    published_by = None if edition is None else edition.published_by
    return Makers(provider, people.get(prepared_by), published_by and people.get(published_by))


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


def _status(edition: Edition | None, report: Report, *, is_staff: bool) -> Status:
    """Which edition it is. Why there is another edition is for staff."""
    if edition is None:
        return Status(0, report.generated_at)
    return Status(edition.number, edition.published_at, edition.reason if is_staff else None)
