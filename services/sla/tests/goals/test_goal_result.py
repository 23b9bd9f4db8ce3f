"""Goals of a month: judged by what was kept, credits in steps under a cap, error budgets."""

from decimal import Decimal

import pytest

from sla.agreements.domain.goals import CreditStep, Goal, cap_credits, describe_goal
from sla.clocks.domain.compliance import Compliance
from sla.goals.domain.goal_result import (
    GoalContext,
    GoalResult,
    PromiseCount,
    judge_availability,
    judge_promises,
)

STEPS = (CreditStep(0.95, 5), CreditStep(0.9, 10), CreditStep(0.8, 25))
MAJORS = Goal("resolution", 0.95, ("major",), "billing", STEPS)
PRICE = Decimal("1000.00")
OVER = GoalContext("acme", True, PRICE, "EUR")
RUNNING = GoalContext("acme", False, PRICE, "EUR")


def counted(met: int, breached: int = 0, waived: int = 0, **open_ones: int) -> list[PromiseCount]:
    others = PromiseCount("resolution", "minor", "billing", Compliance(0, 99))
    elsewhere = PromiseCount("resolution", "major", "", Compliance(0, 99))
    own = PromiseCount(
        "resolution", "major", "billing", Compliance(met, breached, waived), **open_ones
    )
    return [others, own, elsewhere]


def test_a_goal_in_words() -> None:
    assert describe_goal(MAJORS) == "95 % of resolutions of major tickets about billing in time"
    assert describe_goal(Goal("availability", 0.999)) == "99.9 % availability"
    two = Goal("first_response", 0.9, ("blocker", "critical"))
    assert describe_goal(two) == "90 % of first responses to blocker and critical tickets in time"


@pytest.mark.parametrize(
    ("met", "broken", "state", "percent", "credit"),
    [
        (19, 1, "met", 0, "0.00"),
        (94, 6, "missed", 5, "50.00"),
        (90, 10, "missed", 5, "50.00"),
        (89, 11, "missed", 10, "100.00"),
        (0, 3, "missed", 25, "250.00"),
        (0, 0, "none", 0, "0.00"),
    ],
)
def test_credits_follow_the_steps(
    met: int, broken: int, state: str, percent: float, credit: str
) -> None:
    """Equal is met; below 90 % is below 90 %, and 90 % is not"""
    result = judge_promises(MAJORS, OVER, counted(met, broken), 0)
    assert (result.state, result.credit_percent, result.credit) == (state, percent, Decimal(credit))
    assert result.budget is None


def test_a_waived_breach_counts_as_broken_for_the_customer() -> None:
    """R2 shows both; credits are owed for what the customer got"""
    result = judge_promises(MAJORS, OVER, counted(9, 0, 1), 0)
    assert (result.share, result.adjusted, result.state) == (0.9, 1.0, "missed")
    assert (result.broken, result.waived, result.credit) == (1, 1, Decimal("50.00"))


def test_credits_of_a_service_refer_to_its_own_fee_and_are_capped_together() -> None:
    own_fee = Goal("resolution", 0.95, ("major",), "billing", STEPS, Decimal("333.33"))
    result = judge_promises(own_fee, OVER, counted(94, 6), 0)
    assert result.credit == Decimal("16.67")  # 16.6665, half of a cent upwards
    amounts = [Decimal("80.00"), Decimal("60.00")]
    assert cap_credits(amounts, PRICE, 10) == Decimal("100.00")
    assert cap_credits(amounts, PRICE, None) == Decimal("140.00")
    assert cap_credits([Decimal("900.00")] * 2, PRICE, None) == PRICE


def test_without_a_price_nothing_is_owed_and_the_goal_is_judged_all_the_same() -> None:
    result = judge_promises(MAJORS, GoalContext("acme", True), counted(0, 3), 0)
    assert (result.state, result.credit, result.currency) == ("missed", None, None)


def running(met: int, broken: int, usual: int = 0, **open_ones: int) -> GoalResult:
    return judge_promises(MAJORS, RUNNING, counted(met, broken, **open_ones), usual)


def test_the_error_budget_of_a_month() -> None:
    """At the usual 100 promises five may break; two of 20 burn it twice as fast as it lasts"""
    result = running(18, 2, usual=100)
    budget = result.budget
    assert budget is not None
    assert (budget.expected, budget.allowed, budget.used, budget.left) == (100, 5, 2, 3)
    assert budget.burn_rate == pytest.approx(2.0)
    assert result.state == "at_risk"


@pytest.mark.parametrize(
    ("result", "state"),
    [
        (running(0, 0), "on_track"),
        (running(1, 0, pending=1), "on_track"),
        (running(39, 1, usual=40), "on_track"),
        (running(19, 1, usual=20), "at_risk"),
        (running(38, 2, usual=40), "at_risk"),
        (running(37, 1, usual=40, pending=2, foreseen=2), "at_risk"),
        (running(10, 0, pending=1, foreseen=1), "at_risk"),
        (running(20, 3, usual=40), "lost"),
        (running(0, 1), "lost"),
    ],
)
def test_a_goal_is_at_risk_before_it_is_lost(result: GoalResult, state: str) -> None:
    """Not by its volume alone: something broke, or is likely to"""
    assert result.state == state


def test_availability_is_judged_by_its_share() -> None:
    goal = Goal("availability", 0.999, credits=(CreditStep(0.999, 3),))
    missed = judge_availability(goal, OVER, 0.998)
    assert (missed.state, missed.credit) == ("missed", Decimal("30.00"))
    assert judge_availability(goal, OVER, 0.999).state == "met"
    assert judge_availability(goal, RUNNING, 0.998).state == "at_risk"
