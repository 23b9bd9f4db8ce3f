"""What was promised to whom, for which kind of ticket, on which calendar. Pure.

One engine for three kinds of contract (R13): `sla` with a customer, `ola` between our own teams,
`uc` with a partner.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from msgspec import Struct

from sla.agreements.domain.clauses import Maintenance, Price, Prose

Contract = Literal["sla", "ola", "uc"]
Metric = Literal["first_response", "next_reply", "update", "workaround", "resolution"]
METRICS: tuple[Metric, ...] = (
    "first_response",
    "next_reply",
    "update",
    "workaround",
    "resolution",
)
DEFAULT_WARNING_THRESHOLDS = (0.5, 0.75, 0.9)
"""The shares of a target at which people are warned, unless the agreement says otherwise (C7)."""
ALL_CUSTOMERS_COUNT = 1_000_000
"""As how many customers "everybody" counts: more than any agreement names."""


class Terms(Struct, frozen=True, omit_defaults=True):
    """The promise that one clock measures. `calendar` is a calendar's version, never its name."""

    target: timedelta | None
    calendar: UUID
    pausable: bool = True
    shares: tuple[float, ...] = DEFAULT_WARNING_THRESHOLDS
    ahead: tuple[timedelta, ...] = ()


@dataclass(frozen=True, slots=True)
class Target:
    """`within` None: nothing is promised. A target without `kind` holds for all other kinds."""

    metric: Metric
    priority: str
    within: timedelta | None
    pausable: bool = True
    kind: str | None = None


@dataclass(frozen=True, slots=True)
class Agreement:
    """One version of an agreement. It is never changed, only superseded by the next (A5).

    `customer_id` is the customer with whom it is made (of an `ola` or `uc`: None where it serves
    all of them), `others` are further customers whom it covers; `services` by their keys, none of
    them named means all. `partner` is the other side of a `uc`, `team` that of an `ola`.

    `calendars` names the calendar version per priority, so that a blocker may run 24/7 (R10);
    `calendar` is that of all other priorities. `availability` is a share (0.999), `reserved` is
    per month, and `timezone` is where its months begin.
    """

    id: UUID
    key: str
    version: int
    customer_id: UUID | None
    valid_from: datetime
    valid_until: datetime | None
    targets: tuple[Target, ...]
    calendar: UUID
    calendars: Mapping[str, UUID] = field(default_factory=dict)
    services: tuple[str, ...] = ()
    contract: Contract = "sla"
    warning_thresholds: tuple[float, ...] = DEFAULT_WARNING_THRESHOLDS
    warning_lead_times: tuple[timedelta, ...] = ()
    other_customers: tuple[UUID, ...] = ()
    partner: str | None = None
    team: str | None = None
    timezone: str = "UTC"
    availability: float | None = None
    maintenance: Maintenance = field(default_factory=Maintenance)
    reserved: timedelta | None = None
    price: Price | None = None
    prose: Prose = field(default_factory=Prose)

    @property
    def customers(self) -> tuple[UUID, ...]:
        """All whom it covers; none of them named means everybody."""
        return (() if self.customer_id is None else (self.customer_id,)) + self.other_customers

    def is_valid_at(self, at: datetime) -> bool:
        return self.valid_from <= at and (self.valid_until is None or at < self.valid_until)

    def covers(self, customer_id: UUID | None, service: str | None) -> bool:
        """Whether a ticket of this customer about this service is promised by it."""
        is_customer_covered = not self.customers or customer_id in self.customers
        return is_customer_covered and self.covers_service(service)

    def covers_service(self, service: str | None) -> bool:
        return not self.services or service in self.services

    def calendar_for(self, priority: str) -> UUID:
        return self.calendars.get(priority, self.calendar)

    def metrics(self) -> tuple[Metric, ...]:
        """Those that get a clock: whatever is promised to at least one priority."""
        promised = {target.metric for target in self.targets if target.within is not None}
        return tuple(metric for metric in METRICS if metric in promised)

    def terms_for(self, metric: Metric, priority: str, kind: str) -> Terms:
        """The promise for such a ticket; the target of its very kind goes first."""
        fitting = [t for t in self.targets if t.metric == metric and t.priority == priority]
        named = [target for target in fitting if target.kind == kind]
        general = [target for target in fitting if target.kind is None]
        target = next(iter(named + general), None)
        return Terms(
            target.within if target else None,
            self.calendar_for(priority),
            target.pausable if target else True,
            self.warning_thresholds,
            self.warning_lead_times,
        )


def applicable_agreement(
    agreements: Iterable[Agreement], service: str | None, at: datetime
) -> Agreement | None:
    """The agreement of a customer that covers a ticket opened at `at`: most specific first."""
    covering = [one for one in agreements if one.is_valid_at(at) and one.covers_service(service)]
    return max(covering, key=specificity, default=None)


def specificity(agreement: Agreement) -> tuple[int, int, int, datetime, int, str]:
    """The higher, the more specific: the order in which agreements that cover one ticket win.

    One that names services goes before one for all, and fewer named ones before more; then one
    for fewer customers; then the one that began later; then the newer version.
    """
    service_count = len(agreement.services)
    customer_count = len(agreement.customers)
    return (
        min(service_count, 1),
        -service_count,
        -customer_count if customer_count else -ALL_CUSTOMERS_COUNT,
        agreement.valid_from,
        agreement.version,
        agreement.key,
    )
