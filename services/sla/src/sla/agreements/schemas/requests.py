"""Request models of agreements."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from math import prod
from typing import Annotated

from pydantic import Field

from common.domain.durations import SECOND
from common.errors import Violation
from common.events.directory import Tier
from common.events.tickets import Kind, Priority, Source
from common.http import Refers, RequestModel
from common.http.fields import Key, Tag
from sla.agreements.domain.agreement import DEFAULT_WARNING_THRESHOLDS, Contract, Metric, Target
from sla.agreements.domain.clauses import Price, Prose, is_likely_reversed
from sla.agreements.schemas.goals import GoalCreate, Percent, goal_violations
from sla.calendars.schemas import MAX_PROMISE_SECONDS, CalendarReference, DayHours, Name, Weekday

Text = Annotated[str, Field(max_length=20_000)]
Seconds = Annotated[int, Field(gt=0, le=MAX_PROMISE_SECONDS)]
Share = Annotated[float, Field(gt=0, lt=1)]
SECONDS_PER_MONTH = 31 * 86_400
MAX_COMBINATIONS = 400
"""More than anybody reads: the contract says for each what is promised."""


class TargetCreate(RequestModel):
    """`target_seconds` null: nothing is promised. Without `kind`: for every kind of ticket; the same
    holds for the `environment_tier`, the `channel`, the `customer_tier` and the `tag`.

    Of several that apply one for the kind goes first, then one for the environment's tier, for the channel,
    for the customer's tier, for a tag; of those for several tags of a ticket the strictest.
    """

    metric: Metric
    priority: Priority
    target_seconds: Seconds | None
    pausable: bool = True
    kind: Kind | None = None
    environment_tier: Tier | None = None
    channel: Source | None = None
    customer_tier: Key | None = None
    tag: Tag | None = None

    @property
    def conditions(self) -> tuple[str | None, ...]:
        return self.to_target().conditions

    def to_target(self) -> Target:
        within = None if self.target_seconds is None else self.target_seconds * SECOND
        return Target(
            self.metric,
            self.priority,
            within,
            self.pausable,
            self.kind,
            self.environment_tier,
            self.channel,
            self.customer_tier,
            self.tag,
        )


class WindowCreate(RequestModel):
    starts_at: datetime
    ends_at: datetime


class MaintenanceTermsCreate(RequestModel):
    """`weekly`: hours in the agreement's `timezone`; `dated`: single windows."""

    weekly: dict[Weekday, DayHours] = Field(default_factory=dict)
    dated: Annotated[list[WindowCreate], Field(max_length=500)] = Field(default_factory=list)


class PriceCreate(RequestModel):
    """Per month."""

    amount: Annotated[Decimal, Field(ge=0, max_digits=12, decimal_places=2)]
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$", examples=["EUR"])]


class AgreementTerms(RequestModel):
    """The terms of a version. `calendars`: by priority, so that a blocker may run around the clock.
    `customers`: further ones whom it covers. Without `services` it covers all of them. `timezone`:
    the zone by which its months begin; by default that of its calendar. `goals`: the share of promises
    kept in each month, with service credits; all credits of a month are at most `credit_cap_percent` of
    its price.

    `customer_signs`: one of the customer's contacts approves of it in the portal. `supersedes`: the
    version whose agreed end this one begins before.

    `pinned`: it stays with the calendar versions of today, while others follow later ones; by default
    where the customer signs.
    """

    customers: Annotated[list[Annotated[Name, Refers("customer")]], Field(max_length=200)] = Field(
        default_factory=list
    )
    services: Annotated[list[Annotated[Name, Refers("service")]], Field(max_length=200)] = Field(
        default_factory=list
    )
    calendar: CalendarReference
    calendars: dict[Priority, CalendarReference] = Field(default_factory=dict)
    targets: Annotated[list[TargetCreate], Field(min_length=1, max_length=200)]
    warnings: Annotated[list[Share], Field(max_length=20)] = Field(
        default=list(DEFAULT_WARNING_THRESHOLDS)
    )
    warn_before_seconds: Annotated[list[Seconds], Field(max_length=20)] = Field(default=[])
    valid_from: datetime
    valid_until: datetime | None = None
    timezone: Annotated[str, Field(max_length=100, examples=["Europe/Amsterdam"])] | None = None
    availability: Annotated[float, Field(gt=0, le=1, examples=[0.999])] | None = None
    maintenance: MaintenanceTermsCreate = MaintenanceTermsCreate()
    reserved_seconds: Annotated[int, Field(gt=0, le=100 * SECONDS_PER_MONTH)] | None = None
    price: PriceCreate | None = None
    goals: Annotated[list[GoalCreate], Field(max_length=50)] = Field(default_factory=list)
    credit_cap_percent: Percent | None = None
    penalties: Text = ""
    roles: Text = ""
    assumptions: Text = ""
    duties: Text = ""
    customer_signs: bool = False
    pinned: bool | None = None
    supersedes: Annotated[int, Field(gt=0, lt=2**31)] | None = None

    def to_price(self) -> Price | None:
        return Price(self.price.amount, self.price.currency) if self.price else None

    def to_prose(self) -> Prose:
        return Prose(self.penalties, self.roles, self.assumptions, self.duties)


class AgreementCreate(AgreementTerms):
    """A key that exists already gets its next version. An `sla` is made with a `customer`, an `ola`
    with a `team`, a `uc` with a `partner`.

    `house_default`: an `sla` with nobody, for all customers who have no agreement of their own.
    """

    key: Key
    contract: Contract = "sla"
    customer: Annotated[Name | None, Refers("customer")] = None
    partner: Annotated[Name | None, Refers("partner")] = None
    team: Annotated[Name | None, Refers("team")] = None
    house_default: bool = False


class DeclineRequest(RequestModel):
    """Why a version is not signed: whoever drafts it reads this, and so does the other side."""

    reason: Annotated[str, Field(min_length=1, max_length=5000)]


def term_violations(body: AgreementTerms) -> Iterator[Violation]:
    """What is wrong with the terms, whatever the agreement."""
    if body.valid_until is not None and body.valid_until <= body.valid_from:
        yield Violation("/valid_until", "order", "it must be later than valid_from")
    yield from target_violations(body.targets)
    for index, window in enumerate(body.maintenance.dated):
        if window.ends_at <= window.starts_at:
            detail = "a window ends after it starts"
            yield Violation(f"/maintenance/dated/{index}/ends_at", "order", detail)
    yield from _weekly_window_violations(body.maintenance)
    has_price = body.price is not None
    promised = _promised(body)
    yield from goal_violations(body.goals, body.services, promised, has_price=has_price)
    if body.credit_cap_percent is not None and not has_price:
        detail = "the cap is a share of the price: give the agreement's price"
        yield Violation("/credit_cap_percent", "missing_price", detail)


def _weekly_window_violations(maintenance: MaintenanceTermsCreate) -> Iterator[Violation]:
    """Weekly windows whose end, before their start or at it, is more likely a slip than the next day's."""
    for day, hours in maintenance.weekly.items():
        if any(map(is_likely_reversed, hours)):
            detail = (
                "it would last into the next day for more than 12 hours; give a later end, or write a"
                " window for each day"
            )
            yield Violation(f"/maintenance/weekly/{day}", "order", detail)


def target_violations(targets: Sequence[TargetCreate]) -> Iterator[Violation]:
    """What is wrong with the targets together."""
    target_keys = [(one.metric, one.priority, *one.conditions) for one in targets]
    for index, target in enumerate(target_keys):
        if target in target_keys[:index]:
            detail = "each metric, priority, kind, tier, channel and tag has one target"
            yield Violation(f"/targets/{index}", "repeated", detail)
    if _combinations(targets) > MAX_COMBINATIONS:
        detail = f"its conditions make more than {MAX_COMBINATIONS} combinations; name fewer"
        yield Violation("/targets", "too_many", detail)


def _combinations(targets: Sequence[TargetCreate]) -> int:
    """How many cases of tiers, channels and tags the contract has to tell apart."""
    conditions = zip(*(one.conditions[1:] for one in targets), strict=True)
    return prod(len({*values, None}) for values in conditions)


def _promised(body: AgreementTerms) -> dict[str, set[Priority]]:
    """The priorities that have a target, by metric; availability has none."""
    promised: dict[str, set[Priority]] = {}
    if body.availability is not None:
        promised["availability"] = set()
    for one in body.targets:
        if one.target_seconds is not None:
            promised.setdefault(one.metric, set()).add(one.priority)
    return promised
