"""What is promised to whom, for which kind of ticket, on which calendar. Pure.

Three kinds follow the same rules (R13): `sla` with a customer, `ola` between our teams, `uc` with a partner.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from msgspec import Struct

from sla.agreements.domain.clauses import Maintenance, Price, Prose
from sla.agreements.domain.goals import Goal
from sla.agreements.domain.ticket_traits import NO_TRAITS, TicketTraits

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

    Without `kind` it applies to every kind of ticket that has no target of its own; the same holds for
    `environment_tier` (production …), `channel` (phone …), `customer_tier` (gold …) and `tag`.
    """

    metric: Metric
    priority: str
    within: timedelta | None
    pausable: bool = True
    kind: str | None = None
    environment_tier: str | None = None
    channel: str | None = None
    customer_tier: str | None = None
    tag: str | None = None

    @property
    def conditions(self) -> tuple[str | None, ...]:
        """What a ticket must be beside its priority, the most telling first; None: anything."""
        return self.kind, self.environment_tier, self.channel, self.customer_tier, self.tag

    @property
    def strictness(self) -> timedelta:
        """The higher, the less time there is."""
        return timedelta.min if self.within is None else -self.within

    def applies_to(self, kind: str, traits: TicketTraits) -> bool:
        """Whether every condition holds; a ticket without a trait meets no condition on it."""
        actual = (kind, traits.environment_tier, traits.channel, traits.customer_tier)
        has_tag = self.tag is None or self.tag in traits.tags
        asked = zip(self.conditions, actual, strict=False)
        return has_tag and all(wanted in (None, one) for wanted, one in asked)


@dataclass(frozen=True, slots=True)
class FormerCalendar:
    """The calendar version by which an agreement was measured `until` an instant."""

    until: datetime
    calendar: UUID


@dataclass(frozen=True, slots=True)
class Agreement:
    """One version of an agreement. A published one never changes; the next supersedes it (A5).

    `customer_id` is the customer with whom it is made (None: it serves all of them); `other_customers`
    are covered, too. `services` are keys; empty: all. `partner` is the other side of a `uc`, `team` of an `ola`.

    `calendars` has a calendar version by priority, so that a blocker may run 24/7 (R10); all other
    priorities have `calendar`. `availability` is a share (0.999), `reserved` the working time
    reserved per month, `timezone` the zone by which its months begin. `goals` say what share of the
    promises is kept in a month; all their credits of a month are at most `credit_cap_percent` of its price.

    Unless it is `pinned` it follows later versions of its calendars (A6); `former_calendars` are those
    that were `calendar` before, oldest first.
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
    pinned: bool = False
    former_calendars: tuple[FormerCalendar, ...] = ()
    goals: tuple[Goal, ...] = ()
    credit_cap_percent: float | None = None

    @property
    def customers(self) -> tuple[UUID, ...]:
        """The ids of all customers whom it covers; empty means everybody."""
        return (() if self.customer_id is None else (self.customer_id,)) + self.other_customers

    @property
    def is_house_default(self) -> bool:
        """Whether it is the house-wide default, for customers without an agreement of their own."""
        return self.contract == "sla" and not self.customers

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

    def calendar_at(self, at: datetime) -> UUID:
        """The calendar of all priorities that have none of their own, as it was at `at`."""
        former = (one.calendar for one in self.former_calendars if at < one.until)
        return next(former, self.calendar)

    def metrics(self) -> tuple[Metric, ...]:
        """The metrics that get a clock: those with a target for at least one priority."""
        promised = {target.metric for target in self.targets if target.within is not None}
        return tuple(metric for metric in METRICS if metric in promised)

    def promises_for(
        self, priority: str, kind: str, traits: TicketTraits = NO_TRAITS
    ) -> list[tuple[Metric, Terms]]:
        """The metrics that get a clock, each with the promise for such a ticket."""
        return [
            (metric, self.terms_for(metric, priority, kind, traits)) for metric in self.metrics()
        ]

    def target_for(
        self, metric: Metric, priority: str, kind: str, traits: TicketTraits = NO_TRAITS
    ) -> Target | None:
        """The target that applies to such a ticket; None where none does.

        A target for its kind precedes one for every kind, then one for its environment's tier, then one for
        its channel, for its customer's tier, for a tag; of those for several of its tags the strictest.
        """
        matching = [
            one
            for one in self.targets
            if (one.metric, one.priority) == (metric, priority) and one.applies_to(kind, traits)
        ]

        def rank(target: Target) -> tuple[tuple[bool, ...], timedelta]:
            named = tuple(condition is not None for condition in target.conditions)
            return named, target.strictness

        return max(matching, key=rank, default=None)

    def terms_for(
        self, metric: Metric, priority: str, kind: str, traits: TicketTraits = NO_TRAITS
    ) -> Terms:
        """The promise for such a ticket, by the target that applies to it."""
        target = self.target_for(metric, priority, kind, traits)
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
    valid = own_or_default([one for one in agreements if one.is_valid_at(at)])
    covering = [one for one in valid if one.covers_service(service)]
    return max(covering, key=specificity, default=None)


def own_or_default(agreements: Sequence[Agreement]) -> list[Agreement]:
    """A customer's own agreements; without any, the house-wide default."""
    own = [one for one in agreements if not one.is_house_default]
    return own or list(agreements)


def specificity(agreement: Agreement) -> tuple[int, int, int, datetime, int]:
    """The sort key by which the agreement that covers a ticket is chosen: the highest one wins.

    In this order: it names services; it names fewer of them; it covers fewer customers; it began
    later. Two that are equal so far are a gap (`matches_equally`): until people have closed it, the one
    that was drafted first holds, which is older than its rival's promise.
    """
    service_count = len(agreement.services)
    customer_count = len(agreement.customers)
    return (
        min(service_count, 1),
        -service_count,
        -customer_count if customer_count else -ALL_CUSTOMERS_COUNT,
        agreement.valid_from,
        -agreement.id.int,
    )


def matches_equally(one: Agreement, other: Agreement) -> bool:
    """Whether nothing but the order in which they were drafted says which of the two holds."""
    return specificity(one)[:-1] == specificity(other)[:-1]
