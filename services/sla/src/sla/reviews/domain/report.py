"""The report on a month: figures and lists, as they were known when it was generated. Pure.

All of it is plain values, which a published edition stores as they are.
Durations are seconds, shares go from 0 to 1, instants are in UTC.
"""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sla.goals.domain.goal_result import CreditTotal, GoalResult
from sla.reports.domain.monthly_figures import (
    CompliancePart,
    ResponseTimes,
    SupplierPart,
    Usage,
)
from sla.reviews.domain.parties import AgreementLine

MAX_LIST_ROWS = 200
"""The most rows of a list in a report; its footnote says how many more there are."""


@dataclass(frozen=True, slots=True)
class DailyVolume:
    day: date
    opened: int
    resolved: int


@dataclass(frozen=True, slots=True)
class Breach:
    """A breached promise. `reason` is recorded by the clock, `comment` is written by people.

    `overrun_seconds` are counted (support) time beyond the target, `elapsed_seconds` all the time
    since the deadline (None where the longest cycle is not the last one, or its deadline is gone).
    `running`: the clock is still open.
    """

    clock_id: UUID
    ticket: str
    title: str
    priority: str
    kind: str
    service: str | None
    environment: str | None
    metric: str
    breached_at: datetime
    overrun_seconds: int
    running: bool
    reason: str
    waiver: str | None = None
    comment: str | None = None
    elapsed_seconds: int | None = None


@dataclass(frozen=True, slots=True)
class WaiverLine:
    """A waiver. `about` is a ticket; or a service, for a waiver of a period, which has no `metric`."""

    key: str
    about: str
    metric: str | None
    reason: str
    state: str
    late: bool
    requested_at: datetime
    decided_at: datetime | None


@dataclass(frozen=True, slots=True)
class OutageLine:
    """An outage. `ended_at` None: not over when the report was generated. `seconds` are those in
    the month. `service` None: everything, `environment` None: everywhere."""

    key: str
    subject: str
    state: str
    cause: str
    started_at: datetime
    ended_at: datetime | None
    seconds: int
    service: str | None = None
    environment: str | None = None


@dataclass(frozen=True, slots=True)
class Uptime:
    """The availability of production or of one service.

    `down` has the elapsed seconds of downtime by local date, overlapping outages once, without
    agreed maintenance. `mttr_seconds` is the mean time to repair, `mtbf_seconds` that between
    failures.
    """

    subject: str
    availability: float | None
    promised: float | None
    down_seconds: int
    agreed_seconds: int
    down: tuple[tuple[date, int], ...] = ()
    mttr_seconds: int | None = None
    mtbf_seconds: int | None = None


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """A delivery to one of the customer's environments, in its newest state."""

    key: str
    product: str
    version: str
    environment: str
    state: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ReservedHoursLine:
    """The hours that an agreement reserves in the month, and those used."""

    agreement: str
    reserved_seconds: int
    used_seconds: int


@dataclass(frozen=True, slots=True)
class MeasuredLine:
    """A measured figure (`actual`) and the promised one (`target`), both in `unit`."""

    name: str
    scope: str
    unit: str
    statistic: str
    better: str
    target: float
    actual: float | None
    verdict: str


@dataclass(frozen=True, slots=True)
class Report:
    """The report on a customer's month. `trend` has this month and the five before it."""

    customer: str
    name: str
    timezone: str
    month: str
    starts_at: datetime
    ends_at: datetime
    generated_at: datetime
    usage: Usage
    previous_month: Usage
    trend: tuple[Usage, ...]
    days: tuple[DailyVolume, ...] = ()
    metrics: tuple[CompliancePart, ...] = ()
    priorities: tuple[CompliancePart, ...] = ()
    services: tuple[CompliancePart, ...] = ()
    response_times: tuple[ResponseTimes, ...] = ()
    breaches: tuple[Breach, ...] = ()
    breaches_total: int = 0
    waivers: tuple[WaiverLine, ...] = ()
    """Those that cover one of the breaches (C11)."""
    requests: tuple[WaiverLine, ...] = ()
    """What else was asked for in the month, whatever became of it: for staff alone (C11)."""
    outages: tuple[OutageLine, ...] = ()
    uptimes: tuple[Uptime, ...] = ()
    upcoming: tuple[ChangeLine, ...] = ()
    delivered: tuple[ChangeLine, ...] = ()
    reserved: tuple[ReservedHoursLine, ...] = ()
    measured: tuple[MeasuredLine, ...] = ()
    preliminary: bool = False
    final_at: datetime | None = None
    """When the month is over for everybody: in the customer's zone and in those of the agreements."""
    unknown_timezone: str | None = None
    """The customer's zone where it is not known here, so that days are counted in UTC."""
    goals: tuple[GoalResult, ...] = ()
    credits: tuple[CreditTotal, ...] = ()
    agreements: tuple[AgreementLine, ...] = ()
    suppliers: tuple[SupplierPart, ...] = ()
    """What partners and own teams promised us about the customer's tickets: for staff alone (R13)."""
    metrics_before: tuple[CompliancePart, ...] = ()
    """The compliance by metric of the month before, with which the assessment compares."""
    assessment: tuple[str, ...] = ()
    """What `assessment_by` (a name) wrote at the head; else it is computed from the figures when read."""
    assessment_by: str | None = None
    assessment_account: str | None = None
    former_assessment: tuple[str, ...] = ()
    """What `former_assessment_by` (a name) wrote while the month was not over, until somebody writes anew."""
    former_assessment_by: str | None = None
    """Whose words they are, by account: whoever wrote them does not publish them."""


@dataclass(frozen=True, slots=True)
class CustomerLine:
    """A customer's month in the leadership report. `edition` is the newest one of the month's review, 0
    while none is published, None while none is drawn up."""

    customer: str
    name: str
    usage: Usage
    previous_month: Usage
    edition: int | None
    open_actions: int
    overdue_actions: int
    availability: float | None = None
    outages: int = 0
    reserved_seconds: int = 0
    used_seconds: int = 0


@dataclass(frozen=True, slots=True)
class LeadershipReport:
    """All customers' months, each in the customer's own zone. `unfinished`: the names of those whose
    month is not over."""

    month: str
    generated_at: datetime
    customers: tuple[CustomerLine, ...]
    trend: tuple[Usage, ...]
    unfinished: tuple[str, ...] = ()
    suppliers: tuple[SupplierPart, ...] = ()
