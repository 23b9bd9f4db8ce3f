"""The explanation of a clock as plain text. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby
from textwrap import wrap

from common.wording import format_duration
from sla.clocks.domain.explanation import Interval
from sla.clocks.domain.explanation_report import (
    REASON_LABELS,
    ExplanationReport,
    sum_by_reason,
)
from sla.clocks.domain.story import StoryEvent

MAX_INTERVALS = 60
"""A longer life is told by the week."""
WIDTH, INDENT = 100, 34


def render_text(report: ExplanationReport) -> str:
    """Render lines of at most 100 characters; the last ones are the totals."""
    return "\n".join([*_head(report), "", *_lines(report), "", *_totals(report), ""])


def _head(report: ExplanationReport) -> Iterator[str]:
    yield report.heading
    yield from wrap(report.status_line, WIDTH)
    for promise in report.promises:
        since = f"from {report.format_instant(promise.start)}: "
        words = promise.text if len(report.promises) == 1 else since + promise.text
        yield from wrap(words, WIDTH, subsequent_indent="  ")
    yield f"Times are in {report.zone.key}."


def _lines(report: ExplanationReport) -> Iterator[str]:
    """Events and intervals in one order of time; what happens at a change comes before it."""
    is_long = len(report.intervals) > MAX_INTERVALS
    intervals = _weeks(report) if is_long else _single_intervals(report)
    events = [(one.at, 0, list(_event_lines(report, one))) for one in report.events]
    for _, _, lines in sorted([*events, *intervals], key=lambda entry: entry[:2]):
        yield from lines


def _single_intervals(report: ExplanationReport) -> Iterator[tuple[datetime, int, list[str]]]:
    for one in report.intervals:
        span = f"{report.format_instant(one.start)} - {report.format_instant(one.end)}"
        counted = f"+ {format_duration(one.counted)}" if one.counted else "-"
        yield one.start, 1, list(_interval_lines(span, counted, _label(one)))


def _label(interval: Interval) -> str:
    name = f" ({interval.name})" if interval.name else ""
    return f"{REASON_LABELS[interval.reason]}{name}"


def _interval_lines(span: str, counted: str, label: str) -> Iterator[str]:
    first, *more = wrap(label, WIDTH - 72) or [""]
    yield f"{span:<48}{counted:>22}  {first}"
    yield from (f"{'':<72}{line}" for line in more)


def _weeks(report: ExplanationReport) -> Iterator[tuple[datetime, int, list[str]]]:
    """The intervals, those that begin in the same week of the reader's zone in one."""

    def monday(interval: Interval) -> date:
        day = interval.start.astimezone(report.zone).date()
        return day - timedelta(days=day.weekday())

    for week, grouped in groupby(report.intervals, monday):
        intervals = list(grouped)
        counted = sum((one.counted for one in intervals), timedelta(0))
        head = f"week of {week:%a} {week.day} {week:%b %Y}"
        plus = f"+ {format_duration(counted)}" if counted else "-"
        lines = [*_interval_lines(head, plus, "counted" if counted else "nothing counted")]
        lines += _indented(_what_did_not_count(intervals))
        yield intervals[0].start, 1, lines


def _what_did_not_count(intervals: Sequence[Interval]) -> str:
    names = list(dict.fromkeys(one.name for one in intervals if one.name))
    parts = []
    for reason, span in sum_by_reason(intervals).items():
        if reason != "counted":
            named = f" ({', '.join(names)})" if reason == "holiday" and names else ""
            parts.append(f"{REASON_LABELS[reason]} {format_duration(span)}{named}")
    return ", ".join(parts)


def _event_lines(report: ExplanationReport, event: StoryEvent) -> Iterator[str]:
    first, *more = wrap(report.describe(event), WIDTH - INDENT)
    yield f"{report.format_instant(event.at):<{INDENT}}{first}"
    yield from (f"{'':<{INDENT}}{line}" for line in more)


def _indented(words: str) -> Iterable[str]:
    return (f"{'':<{INDENT}}{line}" for line in wrap(words, WIDTH - INDENT))


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
