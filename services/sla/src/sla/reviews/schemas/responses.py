"""What is told about reviews."""

from datetime import date, datetime
from uuid import UUID

from common.http import ResponseModel
from sla.reports.routes.compliance_summary import FiguresTold
from sla.reviews.documents.agenda import agenda
from sla.reviews.domain.action_item import Action, ActionState
from sla.reviews.domain.meeting import Meeting
from sla.reviews.domain.report import (
    Breach,
    ChangeLine,
    Day,
    Leadership,
    OutageLine,
    Report,
    Reserved,
    Spread,
    Uptime,
    WaiverLine,
)
from sla.reviews.store.reviews import Edition, Review


class UsageTold(ResponseModel):
    """One month. `open`: at its end."""

    month: str
    opened: int
    resolved: int
    open: int
    compliance: FiguresTold


class PartTold(ResponseModel):
    name: str
    compliance: FiguresTold


class ReportTold(ResponseModel):
    """Durations in seconds, shares from 0 to 1; `previous_month` is the month before."""

    customer: str
    name: str
    timezone: str
    month: str
    starts_at: datetime
    ends_at: datetime
    generated_at: datetime
    usage: UsageTold
    previous_month: UsageTold
    trend: list[UsageTold]
    days: list[Day]
    metrics: list[PartTold]
    priorities: list[PartTold]
    services: list[PartTold]
    response_times: list[Spread]
    breaches: list[Breach]
    breaches_total: int
    waivers: list[WaiverLine]
    outages: list[OutageLine]
    uptimes: list[Uptime]
    upcoming: list[ChangeLine]
    delivered: list[ChangeLine]
    reserved: list[Reserved]
    notes: list[str]


class ReviewTold(ResponseModel):
    """`edition`: the newest published one; 0 while nothing is published, which customers do not see."""

    id: UUID
    key: str
    customer: str
    month: str
    generated_by: str
    generated_at: datetime
    edition: int


class MinuteTold(ResponseModel):
    number: int
    text: str
    by: str
    at: datetime


class ActionTold(ResponseModel):
    """`month`: of the review in which it was agreed."""

    id: UUID
    key: str
    review_id: UUID
    month: str
    title: str
    criterion: str
    owner: str
    due: date
    agreed_by: str
    agreed_at: datetime
    state: ActionState
    done_by: str | None
    done_at: datetime | None
    evidence: str | None
    verified_by: str | None
    verified_at: datetime | None


class ShownTold(ReviewTold):
    """One edition (0: the draft) with its figures as they were known then, and the meeting."""

    shown_edition: int
    reason: str | None
    published_by: str | None
    published_at: datetime | None
    report: ReportTold
    agenda: list[str]
    minutes: list[MinuteTold]
    actions: list[ActionTold]


class AudienceTold(ResponseModel):
    customer: str
    people: list[str]
    contacts: list[UUID]


class CustomerLineTold(ResponseModel):
    customer: str
    name: str
    usage: UsageTold
    previous_month: UsageTold
    review: str
    open_actions: int
    overdue_actions: int
    availability: float | None
    outages: int
    reserved_seconds: int
    used_seconds: int


class LeadershipTold(ResponseModel):
    month: str
    generated_at: datetime
    customers: list[CustomerLineTold]
    trend: list[UsageTold]
    notes: list[str]


def review_told(review: Review) -> ReviewTold:
    return ReviewTold(
        id=review.id,
        key=review.key,
        customer=review.customer,
        month=str(review.month),
        generated_by=review.generated_by,
        generated_at=review.generated_at,
        edition=review.edition,
    )


def action_told(action: Action) -> ActionTold:
    facts = {name: getattr(action, name) for name in ActionTold.model_fields}
    return ActionTold(**facts | {"month": str(action.month)})


def shown(review: Review, edition: Edition | None, report: Report, meeting: Meeting) -> ShownTold:
    """`edition` None: the draft."""
    return ShownTold(
        **review_told(review).model_dump(),
        shown_edition=edition.number if edition else 0,
        reason=edition.reason if edition else None,
        published_by=edition.published_by if edition else None,
        published_at=edition.published_at if edition else None,
        report=ReportTold.model_validate(report),
        agenda=list(agenda(report, meeting)),
        minutes=[MinuteTold.model_validate(one) for one in meeting.minutes],
        actions=[action_told(one) for one in meeting.actions],
    )


def leadership_told(report: Leadership) -> LeadershipTold:
    return LeadershipTold.model_validate(report)
