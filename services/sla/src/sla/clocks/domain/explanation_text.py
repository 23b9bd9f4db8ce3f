"""The explanation of a clock as plain text. Pure."""

from collections.abc import Iterator
from datetime import timedelta
from textwrap import wrap

from common.wording import format_duration
from sla.clocks.domain.clock import BREACH, Firing
from sla.clocks.domain.explanation_report import REASON_LABELS, ExplanationReport


def render_text(report: ExplanationReport) -> str:
    """Render lines of at most 100 characters; the last ones are the totals."""
    return "\n".join([*_head(report), "", *_lines(report), "", *_totals(report), ""])


def _head(report: ExplanationReport) -> Iterator[str]:
    yield report.heading
    yield report.status_line
    yield report.promise
    yield f"Times are in {report.zone.key}."


def _lines(report: ExplanationReport) -> Iterator[str]:
    for one in report.intervals:
        span = f"{report.format_instant(one.start)} - {report.format_instant(one.end)}"
        counted = f"+ {format_duration(one.counted)}" if one.counted else "-"
        name = f" ({one.name})" if one.name else ""
        yield f"{span:<48}{counted:>22}  {REASON_LABELS[one.reason]}{name}"
    for change in report.changes:
        first, *more = wrap(change.description, 66)
        yield f"{report.format_instant(change.at):<34}{first}"
        yield from (f"{'':<34}{line}" for line in more)
    for firing in report.firings:
        yield f"{report.format_instant(firing.due_at):<70}  {_describe_firing(firing)}"


def _describe_firing(firing: Firing) -> str:
    if firing.kind == BREACH:
        return "the promise was breached"
    threshold = firing.kind.removeprefix("warning_")
    return (
        f"warned, {threshold} % used up"
        if threshold.replace(".", "").isdigit()
        else f"warned, {threshold.replace('_', ' ')}"
    )


def _totals(report: ExplanationReport) -> Iterator[str]:
    counted = sum((one.counted for one in report.intervals), timedelta(0))
    yield f"{'counted in all':<48}{'= ' + format_duration(counted):>22}"
    if counted != report.snapshot.counted:  # `next_reply` and `update` have several cycles
        yield f"{'of these in the present cycle':<48}{format_duration(report.snapshot.counted):>22}"
    if report.clock.terms.target is not None:
        yield f"{'promised':<48}{format_duration(report.clock.terms.target):>22}"
    if report.snapshot.overrun:
        yield f"{'too much':<48}{format_duration(report.snapshot.overrun):>22}"
    elif report.snapshot.remaining is not None:
        yield f"{'left':<48}{format_duration(report.snapshot.remaining):>22}"
