"""Goals of the agreements and service credits as a section. Pure."""

from collections.abc import Iterator

from sla.goals.domain.goal_result import GoalResult
from sla.rendering import figures
from sla.rendering.document import Column, Section, Table, Value
from sla.reviews.domain import wording
from sla.reviews.domain.report import Report


def goals_section(report: Report) -> Iterator[Section]:
    """The goals of the month; no section where none are agreed."""
    if not report.goals:
        return
    columns = (
        Column("Agreement", weight=1.1),
        Column("Goal", weight=2.4),
        Column("Kept", "count", 0.6),
        Column("Broken", "count", 0.7),
        Column("Reached", "uptime"),
        Column("Result", weight=0.9),
        Column("Credit", weight=1.2),
    )
    rows = [_row(one) for one in report.goals]
    tables = [Table(columns, rows, footnote=_footnote(report))]
    if report.credits:
        tables.append(_credits_table(report))
    yield Section("Goals and service credits", tables=tuple(tables))


def _row(one: GoalResult) -> tuple[Value, ...]:
    counts = (None, None) if one.metric == "availability" else (one.met, one.broken)
    credit = figures.NO_VALUE
    if one.credit:
        credit = f"{one.credit} {one.currency} ({one.credit_percent:.6g} %)"
    return (
        one.agreement,
        one.goal,
        *counts,
        one.share,
        wording.GOAL_STATES[one.state],
        credit,
    )


def _footnote(report: Report) -> str:
    waived = sum(one.waived for one in report.goals)
    if not waived:
        return ""
    breaches = figures.pluralise(waived, "breach", "breaches")
    return f"Broken here, though approved beforehand: {breaches}. Credits follow what was kept."


def _credits_table(report: Report) -> Table:
    columns = (Column("Agreement"), Column("Service credit"), Column("Before the cap"))
    rows = [
        (one.agreement, f"{one.amount} {one.currency}", f"{one.uncapped} {one.currency}")
        for one in report.credits
    ]
    return Table(columns, rows)
