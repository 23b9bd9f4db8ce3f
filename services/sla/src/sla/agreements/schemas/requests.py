"""Agreements as they are asked for."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Annotated

from pydantic import Field

from common.errors import Violation
from common.events.tickets import Kind, Priority
from common.http import RequestModel
from sla.agreements.domain.agreement import SHARES, Contract, Metric, Target
from sla.agreements.domain.clauses import Price, Prose
from sla.calendars.schemas import CalendarWish, HoursAsked, Name, Weekday
from sla.clocks.routes.simulation import Seconds, Share

SECOND = timedelta(seconds=1)
Key = Annotated[str, Field(pattern="^[a-z0-9][a-z0-9-]{0,62}$")]
Text = Annotated[str, Field(max_length=20_000)]
A_MONTH = 31 * 86_400


class TargetAsked(RequestModel):
    """`target_seconds` null: nothing is promised. Without `kind`: for every kind of ticket."""

    metric: Metric
    priority: Priority
    target_seconds: Seconds | None
    pausable: bool = True
    kind: Kind | None = None

    def target(self) -> Target:
        within = None if self.target_seconds is None else self.target_seconds * SECOND
        return Target(self.metric, self.priority, within, self.pausable, self.kind)


class WindowAsked(RequestModel):
    starts_at: datetime
    ends_at: datetime


class MaintenanceAsked(RequestModel):
    """`weekly`: hours in the agreement's `timezone`; `dated`: single windows."""

    weekly: dict[Weekday, HoursAsked] = Field(default_factory=dict)
    dated: Annotated[list[WindowAsked], Field(max_length=500)] = Field(default_factory=list)


class PriceAsked(RequestModel):
    """Per month."""

    amount: Annotated[Decimal, Field(ge=0, max_digits=12, decimal_places=2)]
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$", examples=["EUR"])]


class TermsAsked(RequestModel):
    """What a version says. `calendars`: those of single priorities, so that a blocker may run
    around the clock (R10). `customers`: further ones whom it covers; without `services` it is about
    all of them. `timezone` is where its months begin; without it that of its calendar.

    `customer_signs`: one of the customer's contacts approves of it in the portal. `supersedes`: the
    version whose agreed end it comes before.
    """

    customers: Annotated[list[Name], Field(max_length=200)] = Field(default_factory=list)
    services: Annotated[list[Name], Field(max_length=200)] = Field(default_factory=list)
    calendar: CalendarWish
    calendars: dict[Priority, CalendarWish] = Field(default_factory=dict)
    targets: Annotated[list[TargetAsked], Field(min_length=1, max_length=200)]
    warnings: Annotated[list[Share], Field(max_length=20)] = Field(default=list(SHARES))
    warn_before_seconds: Annotated[list[Seconds], Field(max_length=20)] = Field(default=[])
    valid_from: datetime
    valid_until: datetime | None = None
    timezone: Annotated[str, Field(max_length=100, examples=["Europe/Amsterdam"])] | None = None
    availability: Annotated[float, Field(gt=0, le=1, examples=[0.999])] | None = None
    maintenance: MaintenanceAsked = MaintenanceAsked()
    reserved_seconds: Annotated[int, Field(gt=0, le=100 * A_MONTH)] | None = None
    price: PriceAsked | None = None
    penalties: Text = ""
    roles: Text = ""
    assumptions: Text = ""
    duties: Text = ""
    customer_signs: bool = False
    supersedes: Annotated[int, Field(gt=0, lt=2**31)] | None = None

    def priced(self) -> Price | None:
        return Price(self.price.amount, self.price.currency) if self.price else None

    def prose(self) -> Prose:
        return Prose(self.penalties, self.roles, self.assumptions, self.duties)


class AgreementAsked(TermsAsked):
    """A key that exists already gets its next version. An `sla` is made with a `customer`, an `ola`
    with a `team`, a `uc` with a `partner`."""

    key: Key
    contract: Contract = "sla"
    customer: Name | None = None
    partner: Name | None = None
    team: Name | None = None


PARTY = {"sla": "customer", "ola": "team", "uc": "partner"}
"""By contract, the field that names the other side."""


def misfits(asked: TermsAsked) -> Iterator[Violation]:
    """What no version can say, whatever the agreement."""
    if asked.valid_until is not None and asked.valid_until <= asked.valid_from:
        yield Violation("/valid_until", "order", "it must be later than valid_from")
    named = [(target.metric, target.priority, target.kind) for target in asked.targets]
    for index, target in enumerate(named):
        if target in named[:index]:
            said = "each metric, priority and kind has one target"
            yield Violation(f"/targets/{index}", "repeated", said)
    for index, window in enumerate(asked.maintenance.dated):
        if window.ends_at <= window.starts_at:
            said = "a window ends after it starts"
            yield Violation(f"/maintenance/dated/{index}/end", "order", said)


def wrong_parties(asked: AgreementAsked) -> Iterator[Violation]:
    """A contract names its own other side, and none of another kind of contract."""
    party = PARTY[asked.contract]
    if getattr(asked, party) is None:
        yield Violation(f"/{party}", "missing", f"a contract of kind {asked.contract} names it")
    for name in {"partner", "team"} - {party}:
        if getattr(asked, name) is not None:
            said = f"a contract of kind {asked.contract} has none"
            yield Violation(f"/{name}", "meaningless", said)
    if asked.customer_signs and asked.contract != "sla":
        said = "only an agreement with a customer is signed in the portal"
        yield Violation("/customer_signs", "meaningless", said)
