"""A customer's environment: what runs there, and what it accepts next (R7, G8, G10)."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal, Protocol
from uuid import UUID

from common.domain import Rejection
from delivery_gate.criteria.domain.verdict import Reason, ReasonCode

EnvironmentState = Literal["compliant", "in_debt", "drifted"]
RolloutState = Literal["delivering", "verifying"]

ROLLOUT_STATES: tuple[RolloutState, ...] = ("delivering", "verifying")
"""The states in which a delivery is changing its environment."""

DEFAULT_DEBT_DEADLINE = timedelta(hours=72)


class Deliverable(Protocol):
    """What an environment has to know of a version. `contains`: ids of emergency changes."""

    @property
    def product(self) -> str: ...

    @property
    def digest(self) -> str: ...

    @property
    def contains(self) -> frozenset[UUID]: ...


@dataclass(frozen=True, slots=True)
class Debt:
    """Owed since an emergency change was applied: a version that contains it, by `due_at`."""

    change_id: UUID
    change: str  # its key
    started_at: datetime
    due_at: datetime
    overdue_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Drift:
    """A digest was seen running that no delivery and no emergency change explains."""

    product: str
    digest: str | None  # None: the product runs and has no digest
    started_at: datetime


@dataclass(frozen=True, slots=True)
class Environment:
    """`running` has, per product, the digest that was last delivered and verified.

    `retired`: the directory has ended it, or its customer; nothing is brought there any more.
    """

    id: UUID
    key: str
    customer_id: UUID
    customer: str
    tier: str
    running: Mapping[str, str] = field(default_factory=dict)
    debt: Debt | None = None
    drift: Drift | None = None
    sequence: int = 0
    retired: bool = False

    @property
    def state(self) -> EnvironmentState:
        """`in_debt` where there is a debt, even beside a drift: the version that pays the debt also
        brings a known digest."""
        if self.debt is not None:
            return "in_debt"
        return "drifted" if self.drift is not None else "compliant"


def check_not_ended(environment: Environment) -> Rejection | None:
    """Why nothing is brought to this environment any more; None while it is not ended."""
    if not environment.retired:
        return None
    return Rejection(
        ReasonCode.ENVIRONMENT_ENDED,
        f"{environment.key} was ended: nothing is brought there any more.",
        {"environment": environment.key},
    )


def environment_violations(environment: Environment, version: Deliverable | None) -> list[Reason]:
    """Why this environment does not accept this version now."""
    debt, drift = environment.debt, environment.drift
    if debt is not None:
        return (
            []
            if version is not None and debt.change_id in version.contains
            else [_debt_violation(debt)]
        )
    return [] if drift is None else [_drift_violation(environment, drift)]


def _debt_violation(debt: Debt) -> Reason:
    justification = "The environment accepts only a version that contains its emergency change."
    code = ReasonCode.EMERGENCY_DEBT_OPEN
    return Reason(code, "debt", justification, debt.change, "debt_open")


def _drift_violation(environment: Environment, drift: Drift) -> Reason:
    seen = drift.digest or "no digest at all"
    justification = f"Nobody can explain what runs as {drift.product} on {environment.key}: {seen}."
    parameters = {"product": drift.product, "environment": environment.key}
    parameters |= {"seen": drift.digest} if drift.digest else {}
    code = "drifted" if drift.digest else "drifted_unseen"
    return Reason(
        ReasonCode.ENV_DRIFTED,
        "drift",
        justification,
        justification_code=code,
        parameters=parameters,
    )


def incur_debt(
    environment: Environment, change_id: UUID, change: str, at: datetime, after: timedelta
) -> Environment:
    """The environment after an emergency change: it owes a version with it within `after`."""
    return replace(environment, debt=Debt(change_id, change, at, at + after))


def release(environment: Environment) -> Environment:
    """The ended environment without its debt: nobody delivers a version there that would pay it."""
    return replace(environment, debt=None)


def mark_overdue(environment: Environment, at: datetime) -> Environment:
    """Mark the debt as overdue. Unchanged where it is paid, not due yet or marked already."""
    debt = environment.debt
    if debt is None or debt.overdue_since is not None or at < debt.due_at:
        return environment
    return replace(environment, debt=replace(debt, overdue_since=at))


def apply_version(environment: Environment, version: Deliverable) -> Environment:
    """The environment after a verified delivery: the version runs, pays the debt whose change it
    contains, and ends the drift of its product."""
    debt, drift = environment.debt, environment.drift
    paid = debt is not None and debt.change_id in version.contains
    return replace(
        environment,
        running={**environment.running, version.product: version.digest},
        debt=None if paid else debt,
        drift=None if drift is not None and drift.product == version.product else drift,
    )


def check_report(environment: Environment, product: str, digest: str | None) -> Rejection | None:
    """Why a person's report of what runs is not taken: it would end a drift on one word (R1, G10).

    Only the monitor's report ends it so. What a person reports as wrong is taken as ever.
    """
    drift = environment.drift
    if drift is None or drift.product != product or digest is None:
        return None
    if environment.running.get(product) != digest:
        return None
    return Rejection(
        ReasonCode.ENV_DRIFTED,
        f"{environment.key} stays drifted: what ends it is the monitor's own report, a delivery, or the investigation once a second person has confirmed it.",
    )


def observe(
    environment: Environment, product: str, digest: str | None, at: datetime
) -> Environment:
    """The environment after a monitor's report: the known digest ends a drift, another one is drift
    (G10).

    In debt another digest is expected, because of the emergency change: it is no drift.
    """
    if digest is not None and environment.running.get(product) == digest:
        drift = environment.drift
        return (
            replace(environment, drift=None) if drift and drift.product == product else environment
        )
    if environment.debt is not None or environment.drift is not None:
        return environment
    return replace(environment, drift=Drift(product, digest, at))


def accept_drift(environment: Environment) -> Environment:
    """The environment once its drift is explained: what was seen counts as what runs."""
    drift = environment.drift
    if drift is None:
        return environment
    running = dict(environment.running)
    if drift.digest is not None:
        running[drift.product] = drift.digest
    return replace(environment, running=running, drift=None)
