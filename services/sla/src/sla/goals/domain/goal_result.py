"""How a goal stands in a month: shares, error budget, burn rate, credits. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from math import floor
from typing import Literal

from sla.agreements.domain.goals import Goal, credit_amount, describe_goal
from sla.clocks.domain.compliance import Compliance

GoalState = Literal["met", "missed", "none", "on_track", "at_risk", "lost"]
"""`met`, `missed` and `none` (nothing to be kept came to its end) once the month is over. Before: `lost`
means that it can no longer be met at the month's usual volume, `at_risk` that it is about to be."""


@dataclass(frozen=True, slots=True)
class PromiseCount:
    """The promises of a month by metric, priority and service ('': none).

    `pending` are open, not broken, and due in the month; `foreseen` of these are likely to break.
    """

    metric: str
    priority: str
    service: str
    compliance: Compliance = field(default_factory=Compliance)
    pending: int = 0
    foreseen: int = 0


@dataclass(frozen=True, slots=True)
class ErrorBudget:
    """How many promises of a month may break, as SREs count it.

    `expected` is the month's number: what has come so far, or that of an average month if more.
    `burn_rate` 1 uses the budget up exactly at the month's end; above 1 the goal will be missed.
    """

    expected: int
    allowed: int
    used: int
    left: int
    burn_rate: float | None
    pending: int
    foreseen: int


@dataclass(frozen=True, slots=True)
class GoalResult:
    """A goal of an agreement in a month. Shares go from 0 to 1; `broken` includes the `waived`.

    `share` is the raw one, by which a goal is judged and credits are owed: a waiver is our own approval,
    not the customer's. `credit` is None where no credits are agreed, and before any cap.
    """

    agreement: str
    goal: str
    metric: str
    priorities: tuple[str, ...]
    service: str | None
    target: float
    met: int
    broken: int
    waived: int
    share: float | None
    adjusted: float | None
    state: GoalState
    budget: ErrorBudget | None = None
    credit_percent: float = 0.0
    credit: Decimal | None = None
    currency: str | None = None


@dataclass(frozen=True, slots=True)
class CreditTotal:
    """The credits of an agreement in a month: `amount` is owed, `uncapped` is the sum of its goals."""

    agreement: str
    amount: Decimal
    uncapped: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class GoalContext:
    """What a goal is judged by. `price` and `currency` are the agreement's, None without a price."""

    agreement: str
    is_over: bool
    price: Decimal | None = None
    currency: str | None = None


def judge_promises(
    goal: Goal, context: GoalContext, counts: Iterable[PromiseCount], usual_volume: int
) -> GoalResult:
    """A goal about promises. `usual_volume`: the promises of an average month before, 0 if unknown."""
    own = [one for one in counts if goal.covers(one.metric, one.priority, one.service or None)]
    counted = sum((one.compliance for one in own), Compliance())
    pending, foreseen = sum(one.pending for one in own), sum(one.foreseen for one in own)
    budget = error_budget(goal.share, counted, pending, foreseen, usual_volume)
    state = final_state(goal, counted.raw) if context.is_over else running_state(budget)
    return _result(goal, context, counted, counted.raw, counted.adjusted, state, budget)


def judge_availability(goal: Goal, context: GoalContext, ratio: float | None) -> GoalResult:
    """A goal about availability; `ratio` is that of the month so far. Its budget is that of downtime."""
    state = final_state(goal, ratio)
    if not context.is_over:
        state = "at_risk" if state == "missed" else "on_track"
    return _result(goal, context, Compliance(), ratio, ratio, state, None)


def error_budget(
    share: float, counted: Compliance, pending: int, foreseen: int, usual_volume: int
) -> ErrorBudget:
    expected = max(counted.total + pending, usual_volume)
    # Shares are written in decimals: 5 % of 100 is five, whatever a float says.
    allowed = floor((1 - share) * expected + 1e-6)
    used = counted.breached + counted.waived
    burn_rate = None
    if counted.total and share < 1:
        burn_rate = (used / counted.total) / (1 - share)
    return ErrorBudget(expected, allowed, used, allowed - used, burn_rate, pending, foreseen)


def running_state(budget: ErrorBudget) -> GoalState:
    """While the month runs. Nothing is at risk by its volume alone: something broke, or is likely to."""
    if budget.left < 0:
        return "lost"
    is_burning = budget.burn_rate is not None and budget.burn_rate > 1
    is_used_up = budget.used > 0 and budget.left == 0
    return "at_risk" if is_used_up or is_burning or budget.foreseen > budget.left else "on_track"


def final_state(goal: Goal, share: float | None) -> GoalState:
    if share is None:
        return "none"
    return "met" if share >= goal.share - 1e-9 else "missed"


def _result(
    goal: Goal,
    context: GoalContext,
    counted: Compliance,
    share: float | None,
    adjusted: float | None,
    state: GoalState,
    budget: ErrorBudget | None,
) -> GoalResult:
    fee = goal.fee if goal.fee is not None else context.price
    percent = 0.0 if state in ("met", "none") else goal.credit_percent(share)
    has_credits = bool(goal.credits) and fee is not None
    return GoalResult(
        context.agreement,
        describe_goal(goal),
        goal.metric,
        goal.priorities,
        goal.service,
        goal.share,
        counted.met,
        counted.breached + counted.waived,
        counted.waived,
        share,
        adjusted,
        state,
        None if context.is_over else budget,
        percent if has_credits else 0.0,
        credit_amount(fee, percent) if has_credits and fee is not None else None,
        context.currency if has_credits else None,
    )
