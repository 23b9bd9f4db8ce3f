"""Response models of reviews as their customer reads them."""

from datetime import date, datetime
from uuid import UUID

from common.http import ResponseModel
from sla.reviews.documents.agenda import agenda
from sla.reviews.documents.review import ReviewContent
from sla.reviews.documents.review_words import Formats
from sla.reviews.domain.action_item import ActionItem, ActionItemState
from sla.reviews.domain.report import Report
from sla.reviews.schemas.report_figures import MinuteRead, ReportFigures, report_values
from sla.reviews.store.reviews import Edition, Review


class ApprovalForCustomer(ResponseModel):
    """An approved waiver. Why it was asked for is for staff."""

    key: str
    about: str
    metric: str | None
    state: str
    late: bool
    decided_at: datetime | None


class ReviewReportForCustomer(ReportFigures):
    """The figures of a month as they were published to the customer."""

    waivers: list[ApprovalForCustomer]


class ReviewForCustomer(ResponseModel):
    """`edition`: the newest published one. 0 while nothing is published: customers do not see it."""

    id: UUID
    key: str
    customer: str
    month: str
    generated_at: datetime
    edition: int


class ActionItemForCustomer(ResponseModel):
    """`month`: that of the review in which it was agreed."""

    id: UUID
    key: str
    review_id: UUID
    month: str
    title: str
    criterion: str
    owner: str
    due: date
    agreed_at: datetime
    state: ActionItemState
    done_by: str | None
    done_at: datetime | None
    verified_by: str | None
    verified_at: datetime | None


class ReviewDetailForCustomer(ReviewForCustomer):
    """One published edition with its figures as they were known then, and what stood on the agenda and
    in the minutes when it was published. Actions are in their present state."""

    shown_edition: int
    published_at: datetime
    provider: str | None
    published_by_name: str | None
    report: ReviewReportForCustomer
    agenda: list[str]
    minutes: list[MinuteRead]
    actions: list[ActionItemForCustomer]


def to_customer_response(review: Review) -> ReviewForCustomer:
    return ReviewForCustomer.model_validate(
        {name: getattr(review, name) for name in ReviewForCustomer.model_fields if name != "month"}
        | {"month": str(review.month)}
    )


def to_customer_detail_response(
    review: Review, edition: Edition, content: ReviewContent, formats: Formats
) -> ReviewDetailForCustomer:
    """A published edition; its content is that for the customer (`domain.for_customer`)."""
    meeting, makers = content.meeting, content.makers
    return ReviewDetailForCustomer(
        **to_customer_response(review).model_dump(),
        shown_edition=edition.number,
        published_at=edition.published_at,
        provider=makers.provider,
        published_by_name=makers.published_by,
        report=_customer_report(content.report, formats),
        agenda=list(agenda(content.report, meeting, formats)),
        minutes=[MinuteRead.model_validate(one) for one in meeting.minutes],
        actions=[_to_customer_action(one) for one in meeting.actions],
    )


def _customer_report(report: Report, formats: Formats) -> ReviewReportForCustomer:
    values = report_values(report, formats)
    return ReviewReportForCustomer.model_validate(
        {name: values[name] for name in ReviewReportForCustomer.model_fields}
    )


def _to_customer_action(action: ActionItem) -> ActionItemForCustomer:
    values = {name: getattr(action, name) for name in ActionItemForCustomer.model_fields}
    return ActionItemForCustomer(**values | {"month": str(action.month)})
