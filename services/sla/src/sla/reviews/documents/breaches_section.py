"""Breaches with their reasons, and waivers, as sections. Pure."""

from collections.abc import Iterator, Sequence

from sla.rendering.document import Column, Section, Table, Value
from sla.reviews.documents.review_words import Formats
from sla.reviews.domain.report import Breach, Report, WaiverLine

FULL_STOPS = (".", "!", "?", "。")


def breaches_section(report: Report, formats: Formats) -> Section:
    words = formats.words
    columns = (
        Column(words("ticket"), weight=0.95),
        Column(words("what"), weight=1.8),
        Column(words("priority"), weight=0.9),
        Column(words("promise"), weight=1),
        Column(words("broken_at"), "instant", 1),
        Column(words("over_target"), "duration", 1.1),
        Column(words("since_deadline"), "elapsed", 1),
        Column(words("reason"), weight=2.3),
    )
    hidden = report.breaches_total - len(report.breaches)
    footnote = words.counted("more_breaches", hidden) if hidden else ""
    rows = [_breach_row(one, formats) for one in report.breaches]
    table = Table(columns, rows, words("every_promise_met"), footnote)
    return Section(words("breaches"), tables=(table,))


def _breach_row(one: Breach, formats: Formats) -> tuple[Value, ...]:
    return (
        one.ticket,
        one.title,
        formats.words.or_name(one.priority),
        formats.metric(one.metric),
        one.breached_at,
        one.overrun_seconds,
        one.elapsed_seconds,
        "\n".join(_reasons(one, formats)),
    )


def _reasons(one: Breach, formats: Formats) -> Iterator[str]:
    """What people say, else what the clock recorded, each a sentence."""
    words = formats.words
    reason = one.comment or computed_reason(one.reason, formats)
    yield reason if reason.endswith(FULL_STOPS) else f"{reason}."
    if one.waiver:
        yield words("approved_beforehand", waiver=one.waiver)
    if one.running:
        yield words("still_open")


def computed_reason(code: str, formats: Formats) -> str:
    """Why a clock broke its promise, by the kind of input that moved its deadline into the past."""
    texts = formats.words.texts
    return texts.get(f"reason_{code}", texts["reason_other"])


def waivers_section(report: Report, formats: Formats) -> Section:
    """The waivers that cover breaches."""
    words = formats.words
    table = _decisions_table(report.waivers, words("no_waiver"), formats)
    return Section(words("waivers"), tables=(table,))


def requests_section(report: Report, formats: Formats) -> Iterator[Section]:
    """What else was asked for, for staff alone; customers have none of it (C11)."""
    if report.requests:
        words = formats.words
        table = _decisions_table(report.requests, "", formats)
        yield Section(words("requests"), (words("requests_note"),), tables=(table,))


def _decisions_table(waivers: Sequence[WaiverLine], empty_text: str, formats: Formats) -> Table:
    """A table of waivers; the column of reasons is there for staff alone, who have them."""
    words, has_reasons = formats.words, any(one.reason for one in waivers)
    columns = (
        Column(words("waiver"), weight=0.8),
        Column(words("about"), weight=0.8),
        Column(words("promise")),
        *((Column(words("reason"), weight=2.5),) if has_reasons else ()),
        Column(words("decision")),
        Column(words("decided_at"), "instant"),
    )
    return Table(columns, [_waiver_row(one, has_reasons, formats) for one in waivers], empty_text)


def _waiver_row(one: WaiverLine, has_reasons: bool, formats: Formats) -> tuple[Value, ...]:
    promise = formats.words("every_promise") if one.metric is None else formats.metric(one.metric)
    reason = (one.reason,) if has_reasons else ()
    decision = formats.words(f"decision_{_decision(one)}")
    return (one.key, formats.names.service(one.about), promise, *reason, decision, one.decided_at)


def _decision(one: WaiverLine) -> str:
    if one.late:
        return "late"
    is_unanswered = one.state == "expired" and one.decided_at is None
    return "unanswered" if is_unanswered else one.state
