"""Goals of an agreement: what share of promises is kept in a month, and what is owed if it is not. Pure.

`95 % of major tickets are resolved in time` is a goal; the targets of the agreement say what in time is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

GoalMetric = Literal[
    "first_response", "next_reply", "update", "workaround", "resolution", "availability"
]
CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class CreditStep:
    """Below this share of promises kept (0 to 1), so many percent of the month's fee are credited."""

    below: float
    percent: float


@dataclass(frozen=True, slots=True)
class Goal:
    """`share` (0 to 1) of the promises of `metric` are kept in each month; or of the time, for availability.

    `priorities` empty: of every priority. `service` None: of all that the agreement covers. `credits`,
    the highest share first. `fee`: the month's fee of the service to which they refer; None: the price
    of the agreement.
    """

    metric: GoalMetric
    share: float
    priorities: tuple[str, ...] = ()
    service: str | None = None
    credits: tuple[CreditStep, ...] = ()
    fee: Decimal | None = None

    def covers(self, metric: str, priority: str, service: str | None) -> bool:
        """Whether a promise of this metric, for such a ticket, counts for the goal."""
        is_priority = not self.priorities or priority in self.priorities
        return self.metric == metric and is_priority and self.service in (None, service)

    def credit_percent(self, share: float | None) -> float:
        """The percentage of the fee that is owed for this share; 0 where nothing could be kept or broken."""
        if share is None:
            return 0.0
        return max((one.percent for one in self.credits if share < one.below), default=0.0)


def describe_goal(goal: Goal) -> str:
    """A goal in words: `95 % of first responses to blocker and critical tickets about billing in time`."""
    share = f"{goal.share * 100:.6g} %"
    about = f" of {goal.service}" if goal.metric == "availability" else f" about {goal.service}"
    about = about if goal.service else ""
    if goal.metric == "availability":
        return f"{share} availability{about}"
    tickets = f"{' and '.join(goal.priorities)} tickets" if goal.priorities else "tickets"
    return f"{share} of {PLURALS[goal.metric]} {tickets}{about} in time"


PLURALS: dict[GoalMetric, str] = {
    "first_response": "first responses to",
    "next_reply": "replies to",
    "update": "regular updates of",
    "workaround": "workarounds for",
    "resolution": "resolutions of",
}


def describe_credits(goal: Goal) -> str:
    """What is owed, in words: `5 % below 95 %, 10 % below 90 %`; empty where nothing is."""
    return ", ".join(f"{one.percent:.6g} % below {one.below * 100:.6g} %" for one in goal.credits)


def credit_amount(fee: Decimal, percent: float) -> Decimal:
    """The percentage of a fee, rounded to cents, half of one upwards."""
    return (fee * Decimal(str(percent)) / 100).quantize(CENT, ROUND_HALF_UP)


def cap_credits(amounts: Sequence[Decimal], price: Decimal, cap_percent: float | None) -> Decimal:
    """The sum of a month's credits of an agreement, at most `cap_percent` of its price (None: all of it)."""
    cap = price if cap_percent is None else credit_amount(price, cap_percent)
    return min(sum(amounts, Decimal(0)), cap)
