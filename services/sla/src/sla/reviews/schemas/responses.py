"""Response models of reviews: for staff, and for the customer (`…ForCustomer`)."""

from datetime import date, datetime
from uuid import UUID

from common.http import ResponseModel
from sla.reports.domain.monthly_figures import ResponseTimes
from sla.reports.schemas import ComplianceFigures
from sla.reviews.documents.agenda import agenda
from sla.reviews.domain.action_item import ActionItem, ActionItemState
from sla.reviews.domain.meeting import Meeting
from sla.reviews.domain.report import (
    Breach,
    ChangeLine,
    DailyVolume,
    LeadershipReport,
    OutageLine,
    Report,
    ReservedHoursLine,
    Uptime,
    WaiverLine,
)
from sla.reviews.store.reviews import Edition, Review


class UsageRead(ResponseModel):
    """One month. `open`: tickets that were open at its end."""

    month: str
    opened: int
    resolved: int
    open: int
    compliance: ComplianceFigures


class CompliancePartRead(ResponseModel):
    name: str
    compliance: ComplianceFigures


class WaiverForCustomer(ResponseModel):
    """An approved waiver. Why it was asked for is for staff."""

    key: str
    about: str
    metric: str | None
    state: str
    late: bool
    decided_at: datetime | None


class _ReportFigures(ResponseModel):
    customer: str
    name: str
    timezone: str
    month: str
    starts_at: datetime
    ends_at: datetime
    generated_at: datetime
    usage: UsageRead
    previous_month: UsageRead
    trend: list[UsageRead]
    days: list[DailyVolume]
    metrics: list[CompliancePartRead]
    priorities: list[CompliancePartRead]
    services: list[CompliancePartRead]
    response_times: list[ResponseTimes]
    breaches: list[Breach]
    breaches_total: int
    outages: list[OutageLine]
    uptimes: list[Uptime]
    upcoming: list[ChangeLine]
    delivered: list[ChangeLine]
    reserved: list[ReservedHoursLine]
    notes: list[str]


class ReviewReportRead(_ReportFigures):
    """The figures of a month: durations in seconds, shares from 0 to 1."""

    waivers: list[WaiverLine]


class ReviewReportForCustomer(_ReportFigures):
    """The figures of a month as they were published to the customer."""

    waivers: list[WaiverForCustomer]


class ReviewForCustomer(ResponseModel):
    """`edition`: the newest published one. 0 while nothing is published: customers do not see it."""

    id: UUID
    key: str
    customer: str
    month: str
    generated_at: datetime
    edition: int


class ReviewRead(ReviewForCustomer):
    """The same for staff: with who generated it."""

    generated_by: str


class MinuteRead(ResponseModel):
    number: int
    text: str
    by: str
    at: datetime


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


class ActionItemRead(ActionItemForCustomer):
    """The same for staff: with what shows that it is done."""

    agreed_by: str
    evidence: str | None


class ReviewDetail(ReviewRead):
    """One edition (0: the draft) with its figures as they were known then, and its meeting."""

    shown_edition: int
    reason: str | None
    published_by: str | None
    published_at: datetime | None
    report: ReviewReportRead
    agenda: list[str]
    minutes: list[MinuteRead]
    actions: list[ActionItemRead]


class ReviewDetailForCustomer(ReviewForCustomer):
    """One published edition with its figures as they were known then, and what stood on the agenda and
    in the minutes when it was published. Actions are in their present state."""

    shown_edition: int
    published_at: datetime
    report: ReviewReportForCustomer
    agenda: list[str]
    minutes: list[MinuteRead]
    actions: list[ActionItemForCustomer]


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
    review: Review, edition: Edition | None, report: Report, meeting: Meeting
) -> ReviewDetail:
    """A review with one edition; `edition` None stands for the draft."""
    return ReviewDetail(
        **to_response(review).model_dump(),
        shown_edition=edition.number if edition else 0,
        reason=edition.reason if edition else None,
        published_by=edition.published_by if edition else None,
        published_at=edition.published_at if edition else None,
        report=ReviewReportRead.model_validate(report),
        agenda=list(agenda(report, meeting)),
        minutes=[MinuteRead.model_validate(one) for one in meeting.minutes],
        actions=[to_action_response(one) for one in meeting.actions],
    )


def to_customer_response(review: Review) -> ReviewForCustomer:
    return ReviewForCustomer.model_validate(
        {name: getattr(review, name) for name in ReviewForCustomer.model_fields if name != "month"}
        | {"month": str(review.month)}
    )


def to_customer_detail_response(
    review: Review, edition: Edition, report: Report, meeting: Meeting
) -> ReviewDetailForCustomer:
    """A published edition; report and meeting are those for the customer (`domain.for_customer`)."""
    return ReviewDetailForCustomer(
        **to_customer_response(review).model_dump(),
        shown_edition=edition.number,
        published_at=edition.published_at,
        report=ReviewReportForCustomer.model_validate(report),
        agenda=list(agenda(report, meeting)),
        minutes=[MinuteRead.model_validate(one) for one in meeting.minutes],
        actions=[_to_customer_action(one) for one in meeting.actions],
    )


def _to_customer_action(action: ActionItem) -> ActionItemForCustomer:
    values = {name: getattr(action, name) for name in ActionItemForCustomer.model_fields}
    return ActionItemForCustomer(**values | {"month": str(action.month)})


def to_leadership_response(report: LeadershipReport) -> LeadershipReportRead:
    return LeadershipReportRead.model_validate(report)
