"""Response models of reviews as staff reads them."""

from datetime import datetime
from uuid import UUID

from common.http import Page, ResponseModel
from sla.reports.schemas import ComplianceFigures
from sla.reviews.documents.agenda import agenda
from sla.reviews.documents.assessment import assess
from sla.reviews.documents.executive_report import review_state
from sla.reviews.documents.notes import leadership_notes
from sla.reviews.documents.review import ReviewContent
from sla.reviews.documents.review_words import Formats
from sla.reviews.domain.action_item import ActionItem
from sla.reviews.domain.report import CustomerLine, LeadershipReport, Report, WaiverLine
from sla.reviews.schemas.for_customer import ActionItemForCustomer, ReviewForCustomer
from sla.reviews.schemas.report_figures import (
    MinuteRead,
    ReportFigures,
    UsageRead,
    report_values,
)
from sla.reviews.store.reviews import Edition, Review


class SupplierPartRead(ResponseModel):
    """An agreement with a partner (`uc`) or an own team (`ola`), with the month before."""

    contract: str
    agreement: str
    compliance: ComplianceFigures
    previous: ComplianceFigures


class ReviewReportRead(ReportFigures):
    """The figures of a month: durations in seconds, shares from 0 to 1.

    `waivers` cover its breaches; `requests` are what else was asked for in it, which customers do not see.
    `former_assessment` is what a person wrote before the month was over; it stands nowhere else any more.
    """

    waivers: list[WaiverLine]
    requests: list[WaiverLine]
    suppliers: list[SupplierPartRead]
    computed_assessment: list[str]
    assessment_by: str | None
    former_assessment: list[str]
    former_assessment_by: str | None


class ReviewRead(ReviewForCustomer):
    """The same for staff: with who generated it."""

    generated_by: str


class ActionItemRead(ActionItemForCustomer):
    """The same for staff: with what shows that it is done."""

    agreed_by: str
    evidence: str | None


class ReviewDetail(ReviewRead):
    """One edition (0: the draft) with its figures as they were known then, and its meeting.

    `provider` is our own house, `names` are those of our people in it, by account.
    """

    shown_edition: int
    reason: str | None
    published_by: str | None
    published_at: datetime | None
    provider: str | None
    names: dict[str, str]
    report: ReviewReportRead
    agenda: list[str]
    minutes: list[MinuteRead]
    actions: list[ActionItemRead]


class ReviewPage(Page[ReviewRead | ReviewForCustomer]):
    """A page of reviews, as the caller may read them."""


class AudienceRead(ResponseModel):
    customer: str
    people: list[str]
    contacts: list[UUID]


class CustomerLineRead(ResponseModel):
    customer: str
    name: str
    usage: UsageRead
    previous_month: UsageRead
    review: str
    open_actions: int
    overdue_actions: int
    availability: float | None
    outages: int
    reserved_seconds: int
    used_seconds: int


class LeadershipReportRead(ResponseModel):
    month: str
    generated_at: datetime
    customers: list[CustomerLineRead]
    trend: list[UsageRead]
    notes: list[str]
    suppliers: list[SupplierPartRead]


def to_response(review: Review) -> ReviewRead:
    return ReviewRead(
        id=review.id,
        key=review.key,
        customer=review.customer,
        month=str(review.month),
        generated_by=review.generated_by,
        generated_at=review.generated_at,
        edition=review.edition,
    )


def to_action_response(action: ActionItem) -> ActionItemRead:
    values = {name: getattr(action, name) for name in ActionItemRead.model_fields}
    return ActionItemRead(**values | {"month": str(action.month)})


def to_detail_response(
    review: Review, edition: Edition | None, content: ReviewContent, formats: Formats
) -> ReviewDetail:
    """A review with one edition; `edition` None stands for the draft."""
    meeting = content.meeting
    return ReviewDetail(
        **to_response(review).model_dump(),
        provider=content.makers.provider,
        names=dict(content.names.people),
        shown_edition=edition.number if edition else 0,
        reason=edition.reason if edition else None,
        published_by=edition.published_by if edition else None,
        published_at=edition.published_at if edition else None,
        report=_staff_report(content.report, formats),
        agenda=list(agenda(content.report, meeting, formats)),
        minutes=[MinuteRead.model_validate(one) for one in meeting.minutes],
        actions=[to_action_response(one) for one in meeting.actions],
    )


def _staff_report(report: Report, formats: Formats) -> ReviewReportRead:
    values = report_values(report, formats) | {"computed_assessment": assess(report, formats)}
    return ReviewReportRead.model_validate(
        {name: values[name] for name in ReviewReportRead.model_fields}
    )


def to_leadership_response(report: LeadershipReport, formats: Formats) -> LeadershipReportRead:
    return LeadershipReportRead.model_validate(
        {
            "month": report.month,
            "generated_at": report.generated_at,
            "customers": [_customer_values(one, formats) for one in report.customers],
            "trend": report.trend,
            "notes": leadership_notes(report, formats),
            "suppliers": report.suppliers,
        }
    )


def _customer_values(line: CustomerLine, formats: Formats) -> dict[str, object]:
    values = {name: getattr(line, name) for name in CustomerLine.__dataclass_fields__}
    return values | {"review": review_state(values.pop("edition"), formats)}
