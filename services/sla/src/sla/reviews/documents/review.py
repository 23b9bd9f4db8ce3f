"""A customer's month as a paper: what the operational review puts on the table. Pure."""

from collections.abc import Iterator, Sequence
from zoneinfo import ZoneInfo

from sla.calendars.domain.month import read_month
from sla.rendering import figures
from sla.rendering.charts.compliance_chart import compliance_chart
from sla.rendering.charts.response_times_chart import response_times_chart
from sla.rendering.charts.trend_chart import trend_chart
from sla.rendering.charts.volume_chart import volume_chart
from sla.rendering.document import Column, Document, Section, Table, Tile, Value
from sla.reports.domain.compliance import Compliance
from sla.reviews.documents.agenda import agenda
from sla.reviews.documents.meeting import actions, minutes
from sla.reviews.documents.operations_section import (
    availability,
    changes,
    measured_figures,
    reserved_hours,
)
from sla.reviews.domain import wording
from sla.reviews.domain.meeting import Meeting
from sla.reviews.domain.report import Breach, Part, Report, Usage, WaiverLine


def paper(report: Report, meeting: Meeting, edition: str) -> Document:
    """`edition` says what this copy is: a draft, or which edition, and of when."""
    month = read_month(report.month)
    zone = ZoneInfo(report.timezone)
    return Document(
        name=f"review-{report.customer}-{report.month}",
        title=report.name,
        subtitle=f"Operational review, {month.title}",
        edition=edition,
        zone=report.timezone,
        tiles=tuple(_tiles(report, meeting)),
        sections=(
            _agenda(report, meeting),
            _usage(report),
            _promises(report),
            _breaches(report),
            _waivers(report),
            availability(report),
            *measured_figures(report),
            *reserved_hours(report),
            changes(report),
            actions(meeting.actions, report.month),
            minutes(meeting.minutes, zone),
        ),
    )


def _tiles(report: Report, meeting: Meeting) -> Iterator[Tile]:
    now, before = report.usage, report.previous_month
    counted = now.compliance
    yield Tile(
        "Promises kept",
        figures.share(counted.raw),
        wording.points(counted.raw, before.compliance.raw),
        counted.breached > 0,
    )
    yield Tile(
        "With approved breaches",
        figures.share(counted.adjusted),
        f"{figures.plural(counted.waived, 'breach', 'breaches')} approved beforehand",
    )
    yield Tile("Tickets opened", str(now.opened), wording.against(now.opened, before.opened))
    yield Tile(
        "Tickets resolved", str(now.resolved), wording.against(now.resolved, before.resolved)
    )
    worst = min(
        (u.availability for u in report.uptimes if u.availability is not None), default=None
    )
    if worst is not None:
        missed = [
            u for u in report.uptimes if u.availability is not None and u.promised is not None
        ]
        below = any((u.availability or 0) < (u.promised or 0) for u in missed)
        yield Tile("Lowest availability", figures.uptime(worst), _outages(report), below)
    waiting = sum(1 for action in meeting.actions if action.state != "verified")
    yield Tile("Actions open", str(waiting))


def _outages(report: Report) -> str:
    return figures.plural(len(report.outages), "outage")


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
    counted = one.compliance
    title = read_month(one.month).title
    return (title, one.opened, one.resolved, one.open, counted.raw, counted.adjusted)


def _promises(report: Report) -> Section:
    named = [Part(figures.metric(part.name), part.compliance) for part in report.metrics]
    drawings = [compliance_chart(named)] if named else []
    if report.response_times:
        drawings.append(response_times_chart(report.response_times))
    tables = [
        _parts(title, parts)
        for title, parts in (
            ("Promise", named),
            ("Priority", report.priorities),
            ("Service", report.services),
        )
        if parts
    ]
    text = () if tables else ("No promise came to its end in this month.",)
    return Section("Promises", text, tuple(drawings), tuple(tables))


def _parts(title: str, parts: Sequence[Part]) -> Table:
    columns = (
        Column(title, weight=1.6),
        Column("Kept", "count"),
        Column("Broken", "count"),
        Column("Broken, approved", "count"),
        Column("Raw", "share"),
        Column("Adjusted", "share"),
    )
    total = Part("All", sum((part.compliance for part in parts), Compliance()))
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
        Column("Too late by", "duration", 1.1),
        Column("Reason", weight=2.4),
    )
    more = report.breaches_total - len(report.breaches)
    beneath = f"{more} more are in the clocks' own list." if more else ""
    rows = [_breach(one) for one in report.breaches]
    table = Table(columns, rows, "Every promise was kept.", beneath)
    return Section("Breaches and their reasons", tables=(table,))


def _breach(one: Breach) -> tuple[Value, ...]:
    words = [one.comment or wording.WHY.get(one.reason, one.reason)]
    if one.waiver:
        words.append(f"Approved beforehand: {one.waiver}.")
    if one.running:
        words.append("Still open.")
    late = one.overrun_seconds
    why = " ".join(part if part.endswith((".", "!", "?")) else f"{part}." for part in words)
    name = figures.metric(one.metric)
    return (one.ticket, one.title, one.priority, name, one.breached_at, late, why)


def _waivers(report: Report) -> Section:
    columns = (
        Column("Waiver", weight=0.7),
        Column("About", weight=0.8),
        Column("Promise"),
        Column("Reason", weight=2.5),
        Column("Decision"),
        Column("Decided at", "instant"),
    )
    rows = [
        (
            one.key,
            one.about,
            "every promise" if one.metric is None else figures.metric(one.metric),
            one.reason,
            _decision(one),
            one.decided_at,
        )
        for one in report.waivers
    ]
    return Section("Waivers", tables=(Table(columns, rows, "None was asked for."),))


def _decision(one: WaiverLine) -> str:
    if one.late:
        return "approved, too late to count"
    if one.state == "expired":
        return "expired unanswered" if one.decided_at is None else "approved, expired since"
    return one.state
