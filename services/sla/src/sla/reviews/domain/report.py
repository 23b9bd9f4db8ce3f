"""What a review says about a month: figures and lists, as they were known when it was drawn. Pure.

Everything here is plain values, so that a published edition can be kept as it is for ever.
Durations are seconds, shares go from 0 to 1, instants are in UTC.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from sla.reports.domain.monthly_figures import CompliancePart, ResponseTimes, Usage

MAX_LIST_ROWS = 200
"""Rows of a list in a report; how many more there were is said beneath it."""


@dataclass(frozen=True, slots=True)
class DailyVolume:
    day: date
    opened: int
    resolved: int


@dataclass(frozen=True, slots=True)
class Breach:
    """A promise that broke. `reason` is what the clock says, `comment` what people say about it."""

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


@dataclass(frozen=True, slots=True)
class WaiverLine:
    """`about`: a ticket, or the service of a whole period, which has no `metric`."""

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
    """`ended_at` None: still going on when the report was drawn. `seconds` of it lie in the month."""

    key: str
    subject: str
    state: str
    cause: str
    started_at: datetime
    ended_at: datetime | None
    seconds: int


@dataclass(frozen=True, slots=True)
class Uptime:
    """C12 for production or one service of it. `down`: elapsed seconds by local date, overlapping
    ones once, agreed maintenance not. `mttr_seconds` and `mtbf_seconds` are MTTR and MTBF."""

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
    """A delivery to one of the customer's environments, by its last known state."""

    key: str
    product: str
    version: str
    environment: str
    state: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ReservedHoursLine:
    """Hours that the agreement reserves in a month, and how much of them was used."""

    agreement: str
    reserved_seconds: int
    used_seconds: int


@dataclass(frozen=True, slots=True)
class MeasuredLine:
    """A measured figure against the one that was promised, both in `unit`."""

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
    """One customer's month. `trend` ends with this month and begins five before it."""

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
    outages: tuple[OutageLine, ...] = ()
    uptimes: tuple[Uptime, ...] = ()
    upcoming: tuple[ChangeLine, ...] = ()
    delivered: tuple[ChangeLine, ...] = ()
    reserved: tuple[ReservedHoursLine, ...] = ()
    measured: tuple[MeasuredLine, ...] = ()
    notes: tuple[str, ...] = field(default=())
    """What a reader must know about the figures: that the month is not over, say."""


@dataclass(frozen=True, slots=True)
class CustomerLine:
    """A customer's month in the leadership report. `review` is the state of the month's review."""

    customer: str
    name: str
    usage: Usage
    previous_month: Usage
    review: str
    open_actions: int
    overdue_actions: int
    availability: float | None = None
    outages: int = 0
    reserved_seconds: int = 0
    used_seconds: int = 0


@dataclass(frozen=True, slots=True)
class LeadershipReport:
    """All customers' months, each in the customer's own zone."""

    month: str
    generated_at: datetime
    customers: tuple[CustomerLine, ...]
    trend: tuple[Usage, ...]
    notes: tuple[str, ...] = ()
