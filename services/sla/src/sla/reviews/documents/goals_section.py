"""Goals of the agreements, their error budgets and service credits as a section. Pure."""

from collections.abc import Iterator

from sla.goals.domain.goal_result import GoalResult
from sla.rendering.document import Column, Section, Table, Value
from sla.rendering.notation import NO_VALUE
from sla.reviews.documents.promise_goals import name_goal
from sla.reviews.documents.review_words import Formats
from sla.reviews.domain.report import Report


def goals_section(report: Report, formats: Formats) -> Iterator[Section]:
    """The goals of the month; no section where none are agreed."""
    if not report.goals:
        return
    words = formats.words
    columns = (
        Column(words("agreement"), weight=1.45),
        Column(words("goal"), weight=1.9),
        Column(words("goal_share"), weight=0.8),
        Column(words("met"), "count", 0.75),
        Column(words("broken"), "count", 0.75),
        Column(words("reached"), "uptime", 0.85),
        Column(words("result"), weight=0.8),
        Column(words("credit"), weight=1.2),
    )
    rows = [_row(one, formats) for one in report.goals]
    tables = [Table(columns, rows, footnote=_footnote(report, formats))]
    if any(one.budget for one in report.goals):
        tables.append(_budgets_table(report, formats))
    if any(one.uncapped for one in report.credits):
        tables.append(_credits_table(report, formats))
    yield Section(words("goals"), tables=tuple(tables))


def _row(one: GoalResult, formats: Formats) -> tuple[Value, ...]:
    counts = (None, None) if one.metric == "availability" else (one.met, one.broken)
    return (
        one.agreement,
        name_goal(one, formats),
        formats.share(one.target),
        *counts,
        one.share,
        formats.words(f"goal_state_{one.state}"),
        _credit(one, formats),
    )


def _credit(one: GoalResult, formats: Formats) -> str:
    if not one.credit or one.currency is None:
        return NO_VALUE
    percent = formats.share(one.credit_percent / 100)
    amount = formats.money(one.credit, one.currency)
    return formats.words("credit_of", amount=amount, percent=percent)


def _footnote(report: Report, formats: Formats) -> str:
    waived = sum(one.waived for one in report.goals)
    return formats.words.counted("goals_waived", waived) if waived else ""


def _budgets_table(report: Report, formats: Formats) -> Table:
    """How many promises may still break, while the month runs."""
    words = formats.words
    columns = (
        Column(words("goal"), weight=2),
        Column(words("may_break"), "count"),
        Column(words("broken"), "count"),
        Column(words("left"), "count", 0.8),
        Column(words("burn_rate"), "count"),
        Column(words("due_still"), "count"),
        Column(words("likely_to_break"), "count"),
    )
    rows: list[tuple[Value, ...]] = [
        (
            name_goal(one, formats),
            budget.allowed,
            budget.used,
            budget.left,
            None if budget.burn_rate is None else round(budget.burn_rate, 2),
            budget.pending,
            budget.foreseen,
        )
        for one in report.goals
        if (budget := one.budget) is not None
    ]
    return Table(columns, rows, footnote=words("budget_note"), caption=words("budget"))


def _credits_table(report: Report, formats: Formats) -> Table:
    words = formats.words
    names = ("agreement", "service_credit", "before_cap")
    rows = [
        (
            one.agreement,
            formats.money(one.amount, one.currency),
            formats.money(one.uncapped, one.currency),
        )
        for one in report.credits
    ]
    return Table(tuple(Column(words(name)) for name in names), rows)
