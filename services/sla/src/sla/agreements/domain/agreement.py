"""What is promised to whom, for which kind of ticket, on which calendar. Pure.

Three kinds of contract follow the same rules (R13): `sla` with a customer, `ola` between our own
teams, `uc` with a partner.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from msgspec import Struct

from sla.agreements.domain.clauses import Maintenance, Price, Prose
from sla.agreements.domain.goals import Goal

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
"""Shares of a target at which a clock warns, unless the agreement names others (C7)."""
ALL_CUSTOMERS_COUNT = 1_000_000
"""The customer count of an agreement that covers everybody: more than any agreement names."""


class Terms(Struct, frozen=True, omit_defaults=True):
    """The promise that one clock measures. Stored with the clock, hence the short names.

    `target` None: nothing is promised. `calendar` is the id of a calendar version. Without
    `pausable`, waiting on the customer counts. Warnings come at `shares` of the target, and at
    `ahead` before the deadline.
    """

    target: timedelta | None
    calendar: UUID
    pausable: bool = True
    shares: tuple[float, ...] = DEFAULT_WARNING_THRESHOLDS
    ahead: tuple[timedelta, ...] = ()


@dataclass(frozen=True, slots=True)
class Target:
    """The target of one metric and priority. `within` is working time; None promises nothing.

    Without `kind` it applies to every kind of ticket that has no target of its own.
    """

    metric: Metric
    priority: str
    within: timedelta | None
    pausable: bool = True
    kind: str | None = None


@dataclass(frozen=True, slots=True)
class Agreement:
    """One version of an agreement. A published one never changes; the next supersedes it (A5).

    `customer_id` is the customer with whom it is made (None for an `ola` or `uc` that serves all
    of them); `other_customers` are covered, too. `services` are keys; empty means all of them.
    `partner` is the other side of a `uc`, `team` that of an `ola`.

    `calendars` has a calendar version by priority, so that a blocker may run 24/7 (R10); all other
    priorities have `calendar`. `availability` is a share (0.999), `reserved` the working time
    reserved per month, `timezone` the zone by which its months begin. `goals` say what share of the
    promises is kept in a month; all their credits of a month are at most `credit_cap_percent` of its price.
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
    goals: tuple[Goal, ...] = ()
    credit_cap_percent: float | None = None

    @property
    def customers(self) -> tuple[UUID, ...]:
        """The ids of all customers whom it covers; empty means everybody."""
        return (() if self.customer_id is None else (self.customer_id,)) + self.other_customers

    def without_clauses(self) -> "Agreement":
        """The version as customers read it whom it covers without being their contract."""
        return replace(self, price=None, prose=Prose(), goals=(), credit_cap_percent=None)

    def is_valid_at(self, at: datetime) -> bool:
        return self.valid_from <= at and (self.valid_until is None or at < self.valid_until)

    def covers(self, customer_id: UUID | None, service: str | None) -> bool:
        """Whether it promises something for a ticket of this customer about this service."""
        is_customer_covered = not self.customers or customer_id in self.customers
        return is_customer_covered and self.covers_service(service)

    def covers_service(self, service: str | None) -> bool:
        return not self.services or service in self.services

    def calendar_for(self, priority: str) -> UUID:
        return self.calendars.get(priority, self.calendar)

    def metrics(self) -> tuple[Metric, ...]:
        """The metrics that get a clock: those with a target for at least one priority."""
        promised = {target.metric for target in self.targets if target.within is not None}
        return tuple(metric for metric in METRICS if metric in promised)

    def promises_for(self, priority: str, kind: str) -> list[tuple[Metric, Terms]]:
        """The metrics that get a clock, each with the promise for such a ticket."""
        return [(metric, self.terms_for(metric, priority, kind)) for metric in self.metrics()]

    def terms_for(self, metric: Metric, priority: str, kind: str) -> Terms:
        """The promise for such a ticket. A target for its kind precedes one for every kind."""
        matching = [t for t in self.targets if t.metric == metric and t.priority == priority]
        own_kind = [target for target in matching if target.kind == kind]
        any_kind = [target for target in matching if target.kind is None]
        target = next(iter(own_kind + any_kind), None)
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
    """The most specific of a customer's agreements that covers a ticket opened at `at`."""
    covering = [one for one in agreements if one.is_valid_at(at) and one.covers_service(service)]
    return max(covering, key=specificity, default=None)


def specificity(agreement: Agreement) -> tuple[int, int, int, datetime, int, str]:
    """The sort key by which the agreement that covers a ticket is chosen: the highest one wins.

    In this order: it names services; it names fewer of them; it covers fewer customers; it began
    later; it is the newer version; its key comes later in the alphabet.
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
