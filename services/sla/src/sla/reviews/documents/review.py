"""The operational review of a customer's month as a document. Pure."""

from collections.abc import Iterator, Sequence
from zoneinfo import ZoneInfo

from sla.calendars.domain.month import parse_month
from sla.clocks.domain.compliance import Compliance
from sla.rendering import figures
from sla.rendering.charts.compliance_chart import compliance_chart
from sla.rendering.charts.response_times_chart import response_times_chart
from sla.rendering.charts.trend_chart import trend_chart
from sla.rendering.charts.volume_chart import volume_chart
from sla.rendering.document import Column, Document, Section, Table, Tile, Value
from sla.reports.domain.monthly_figures import CompliancePart, Usage
from sla.reviews.documents.agenda import agenda
from sla.reviews.documents.goals_section import goals_section
from sla.reviews.documents.meeting import actions_section, minutes_section
from sla.reviews.documents.operations_section import (
    availability_section,
    changes_section,
    measured_section,
    reserved_hours_section,
)
from sla.reviews.documents.parties_section import Makers, assessment_section, parties_section
from sla.reviews.documents.suppliers_section import suppliers_section
from sla.reviews.domain import wording
from sla.reviews.domain.meeting import Meeting
from sla.reviews.domain.report import Breach, Report, WaiverLine


def build_document(
    report: Report, meeting: Meeting, status_line: str, makers: Makers | None = None
) -> Document:
    """The document. `status_line` says whether it is a draft or which edition, and its date."""
    month = parse_month(report.month)
    zone = ZoneInfo(report.timezone)
    return Document(
        name=f"review-{report.customer}-{report.month}",
        title=report.name,
        subtitle=f"Operational review, {month.title}",
        edition=status_line,
        zone=report.timezone,
        tiles=tuple(_tiles(report, meeting)),
        sections=(
            *assessment_section(report),
            parties_section(report, makers or Makers()),
            _agenda(report, meeting),
            _usage(report),
            _promises(report),
            *goals_section(report),
            _breaches(report),
            _waivers(report),
            *_requests(report),
            availability_section(report),
            *measured_section(report),
            *reserved_hours_section(report),
            changes_section(report),
            *suppliers_section(report.suppliers),
            actions_section(meeting.actions, report.month),
            minutes_section(meeting.minutes, zone),
        ),
    )


def _tiles(report: Report, meeting: Meeting) -> Iterator[Tile]:
    now, before = report.usage, report.previous_month
    compliance = now.compliance
    yield Tile(
        "Promises met",
        figures.format_share(compliance.raw),
        wording.compare_shares(compliance.raw, before.compliance.raw),
        compliance.breached > 0,
    )
    yield Tile(
        "With approved breaches",
        figures.format_share(compliance.adjusted),
        f"{figures.pluralise(compliance.waived, 'breach', 'breaches')} approved beforehand",
    )
    yield Tile("Tickets opened", str(now.opened), wording.compare_counts(now.opened, before.opened))
    yield Tile(
        "Tickets resolved", str(now.resolved), wording.compare_counts(now.resolved, before.resolved)
    )
    worst = min(
        (u.availability for u in report.uptimes if u.availability is not None), default=None
    )
    if worst is not None:
        promised = [
            u for u in report.uptimes if u.availability is not None and u.promised is not None
        ]
        is_below_target = any((u.availability or 0) < (u.promised or 0) for u in promised)
        yield Tile(
            "Lowest availability",
            figures.format_uptime(worst),
            _outage_count(report),
            is_below_target,
        )
    open_actions = sum(1 for action in meeting.actions if action.state != "verified")
    yield Tile("Actions open", str(open_actions))


def _outage_count(report: Report) -> str:
    return figures.pluralise(len(report.outages), "outage")


def _agenda(report: Report, meeting: Meeting) -> Section:
    items = agenda(report, meeting)
    rows = [(number, item) for number, item in enumerate(items, start=1)]
    columns = (Column("No.", "count", 0.1), Column("What we talk about"))
    return Section("Agenda", report.notes, tables=(Table(columns, rows),))


def _usage(report: Report) -> Section:
    columns = (
        Column("Month"),
        Column("Opened", "count"),
        Column("Resolved", "count"),
        Column("Open at its end", "count"),
        Column("Kept, raw", "share"),
        Column("Kept, adjusted", "share"),
    )
    rows = [_month_row(one) for one in report.trend]
    drawings = (volume_chart(report.days), trend_chart(report.trend))
    return Section("Usage and trend", drawings=drawings, tables=(Table(columns, rows),))


def _month_row(one: Usage) -> tuple[Value, ...]:
    compliance = one.compliance
    title = parse_month(one.month).title
    return (title, one.opened, one.resolved, one.open, compliance.raw, compliance.adjusted)


def _promises(report: Report) -> Section:
    metrics = [
        CompliancePart(figures.metric_name(part.name), part.compliance) for part in report.metrics
    ]
    drawings = [compliance_chart(metrics)] if metrics else []
    if report.response_times:
        drawings.append(response_times_chart(report.response_times))
    tables = [
        _parts_table(title, parts)
        for title, parts in (
            ("Promise", metrics),
            ("Priority", report.priorities),
            ("Service", report.services),
        )
        if parts
    ]
    text = () if tables else ("No promise came to its end in this month.",)
    return Section("Promises", text, tuple(drawings), tuple(tables))


def _parts_table(title: str, parts: Sequence[CompliancePart]) -> Table:
    columns = (
        Column(title, weight=1.6),
        Column("Kept", "count"),
        Column("Broken", "count"),
        Column("Broken, approved", "count"),
        Column("Raw", "share"),
        Column("Adjusted", "share"),
    )
    total = CompliancePart("All", sum((part.compliance for part in parts), Compliance()))
    rows = [
        (
            part.name,
            part.compliance.met,
            part.compliance.breached,
            part.compliance.waived,
            part.compliance.raw,
            part.compliance.adjusted,
        )
        for part in (*parts, total)
    ]
    return Table(columns, rows)


def _breaches(report: Report) -> Section:
    columns = (
        Column("Ticket", weight=0.9),
        Column("What", weight=2),
        Column("Priority", weight=0.9),
        Column("Promise", weight=1.1),
        Column("Broken at", "instant", 1.1),
        Column("Support time over the target", "duration", 1.1),
        Column("Since the deadline", "elapsed"),
        Column("Reason", weight=2.4),
    )
    hidden_count = report.breaches_total - len(report.breaches)
    footnote = f"{hidden_count} more are in the clocks' own list." if hidden_count else ""
    rows = [_breach_row(one) for one in report.breaches]
    table = Table(columns, rows, "Every promise was met.", footnote)
    return Section("Breaches and their reasons", tables=(table,))


def _breach_row(one: Breach) -> tuple[Value, ...]:
    sentences = [one.comment or wording.BREACH_REASONS.get(one.reason, one.reason)]
    if one.waiver:
        sentences.append(f"Approved beforehand: {one.waiver}.")
    if one.running:
        sentences.append("Still open.")
    reason = " ".join(part if part.endswith((".", "!", "?")) else f"{part}." for part in sentences)
    name = figures.metric_name(one.metric)
    late = (one.overrun_seconds, one.elapsed_seconds)
    return (one.ticket, one.title, one.priority, name, one.breached_at, *late, reason)


def _waivers(report: Report) -> Section:
    """The waivers that cover breaches."""
    return Section("Waivers", tables=(_decisions_table(report.waivers, "No breach was approved."),))


def _requests(report: Report) -> Iterator[Section]:
    """What else was asked for, for staff alone; customers have none of it (C11)."""
    if report.requests:
        text = ("The customer does not see this: none of it covers a breach of the month.",)
        table = _decisions_table(report.requests, "")
        yield Section("Other requests for waivers", text, tables=(table,))


def _decisions_table(waivers: Sequence[WaiverLine], empty_text: str) -> Table:
    """A table of waivers; the column of reasons is there for staff alone, who have them."""
    has_reasons = any(one.reason for one in waivers)
    columns = (
        Column("Waiver", weight=0.7),
        Column("About", weight=0.8),
        Column("Promise"),
        *((Column("Reason", weight=2.5),) if has_reasons else ()),
        Column("Decision"),
        Column("Decided at", "instant"),
    )
    return Table(columns, [_approval_row(one, has_reasons) for one in waivers], empty_text)


def _approval_row(one: WaiverLine, has_reasons: bool) -> tuple[Value, ...]:
    promise = "every promise" if one.metric is None else figures.metric_name(one.metric)
    reason = (one.reason,) if has_reasons else ()
    return (one.key, one.about, promise, *reason, _decision(one), one.decided_at)


def _decision(one: WaiverLine) -> str:
    if one.late:
        return "approved, too late to count"
    if one.state == "expired":
        return "expired unanswered" if one.decided_at is None else "approved, expired since"
    return "approved, revoked since" if one.state == "revoked" else one.state
