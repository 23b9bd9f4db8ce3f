"""Response models of a review's figures, which all its readers share."""

from datetime import datetime
from typing import Any

from common.http import ResponseModel
from sla.goals.domain.goal_result import CreditTotal, GoalResult
from sla.reports.domain.monthly_figures import ResponseTimes
from sla.reports.schemas import ComplianceFigures
from sla.reviews.documents.assessment import shown_assessment
from sla.reviews.documents.notes import review_notes
from sla.reviews.documents.review_words import Formats
from sla.reviews.domain.parties import AgreementLine
from sla.reviews.domain.report import (
    Breach,
    ChangeLine,
    DailyVolume,
    MeasuredLine,
    OutageLine,
    Report,
    ReservedHoursLine,
    Uptime,
)


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


class ReportFigures(ResponseModel):
    """What everybody reads of a report: durations in seconds, shares from 0 to 1.

    `preliminary`: the month was not over yet, in the customer's zone or in that of an agreement.
    """

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
    preliminary: bool
    goals: list[GoalResult]
    credits: list[CreditTotal]
    measured: list[MeasuredLine]
    agreements: list[AgreementLine]
    assessment: list[str]


def report_values(report: Report, formats: Formats) -> dict[str, Any]:
    """The fields of a report and, in the reader's language, what is said of it."""
    values = {name: getattr(report, name) for name in Report.__dataclass_fields__}
    return values | {
        "notes": review_notes(report, formats),
        "assessment": shown_assessment(report, formats),
    }


class MinuteRead(ResponseModel):
    number: int
    text: str
    by: str
    at: datetime
