"""The operational review of a customer's month as a document, in the language of its reader. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sla.clocks.domain.compliance import Compliance
from sla.rendering.charts.compliance_chart import compliance_chart
from sla.rendering.charts.response_times_chart import response_times_chart
from sla.rendering.charts.trend_chart import trend_chart
from sla.rendering.charts.volume_chart import volume_chart
from sla.rendering.document import Column, Document, Section, Table, Tile, Value
from sla.reports.domain.monthly_figures import CompliancePart, Usage
from sla.reviews.documents.agenda import agenda
from sla.reviews.documents.breaches_section import (
    breaches_section,
    requests_section,
    waivers_section,
)
from sla.reviews.documents.goals_section import goals_section
from sla.reviews.documents.meeting import actions_section, minutes_section
from sla.reviews.documents.operations_section import (
    availability_section,
    changes_section,
    measured_section,
    reserved_hours_section,
)
from sla.reviews.documents.parties_section import Makers, assessment_section, parties_section
from sla.reviews.documents.review_words import Formats, Names
from sla.reviews.documents.subjects import service_name
from sla.reviews.documents.suppliers_section import suppliers_section
from sla.reviews.domain.meeting import Meeting
from sla.reviews.domain.report import Report


@dataclass(frozen=True, slots=True)
class Status:
    """Which edition a document is, and since when: `number` 0 is the draft. `reason`: why there is
    another edition, for staff."""

    number: int
    at: datetime
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class ReviewContent:
    """What the paper shows."""

    report: Report
    meeting: Meeting
    status: Status
    makers: Makers = field(default_factory=Makers)
    names: Names = field(default_factory=Names)


def build_document(content: ReviewContent, language: str) -> Document:
    """The review in this language; in English where there are no words in it."""
    report, meeting = content.report, content.meeting
    formats = Formats.of(language, report.timezone, content.names)
    return Document(
        name=f"review-{report.customer}-{report.month}-{formats.words.language}",
        title=report.name,
        subtitle=formats.words("review", month=formats.month_of(report.month)),
        edition=_edition(content.status, report, formats),
        zone=report.timezone,
        tiles=tuple(_tiles(report, meeting, formats)),
        sections=(
            assessment_section(report, formats),
            parties_section(report, content.makers, formats),
            _agenda(report, meeting, formats),
            _usage(report, formats),
            _promises(report, formats),
            *goals_section(report, formats),
            breaches_section(report, formats),
            waivers_section(report, formats),
            *requests_section(report, formats),
            availability_section(report, formats),
            *measured_section(report, formats),
            *reserved_hours_section(report, formats),
            changes_section(report, formats),
            *suppliers_section(report.suppliers, formats),
            actions_section(meeting.actions, report.month, formats),
            minutes_section(meeting.minutes, formats),
        ),
        language=formats.words.language,
    )


def _edition(status: Status, report: Report, formats: Formats) -> str:
    """What stands below the title."""
    name = "edition_again" if status.reason else "edition" if status.number else "draft"
    return formats.words(
        f"{name}_preliminary" if report.preliminary else name,
        number=status.number,
        at=formats.moment(status.at),
        reason=status.reason,
    )


def _tiles(report: Report, meeting: Meeting, formats: Formats) -> Iterator[Tile]:
    words, now, before = formats.words, report.usage, report.previous_month
    compliance = now.compliance
    yield Tile(
        words("promises_met"),
        formats.rounded_share(compliance.raw),
        formats.compare_shares(compliance.raw, before.compliance.raw),
        compliance.breached > 0,
    )
    approved = words.counted("approved", compliance.waived)
    yield Tile(words("with_approved"), formats.rounded_share(compliance.adjusted), approved)
    for name, number, earlier in (
        ("tickets_opened", now.opened, before.opened),
        ("tickets_resolved", now.resolved, before.resolved),
    ):
        yield Tile(words(name), formats.number(number), formats.compare_counts(number, earlier))
    yield from _availability_tile(report, formats)
    open_actions = sum(1 for action in meeting.actions if action.state != "verified")
    yield Tile(words("actions_open"), formats.number(open_actions))


def _availability_tile(report: Report, formats: Formats) -> Iterator[Tile]:
    reached = [(one.availability, one) for one in report.uptimes if one.availability is not None]
    if not reached:
        return
    is_below_target = any(
        share < one.promised for share, one in reached if one.promised is not None
    )
    outages = formats.words.counted("outage", len(report.outages))
    worst = formats.uptime(min(share for share, _ in reached))
    yield Tile(formats.words("lowest_availability"), worst, outages, is_below_target)


def _agenda(report: Report, meeting: Meeting, formats: Formats) -> Section:
    words = formats.words
    rows = list(enumerate(agenda(report, meeting, formats), start=1))
    columns = (Column(words("number"), "count", 0.1), Column(words("topic")))
    return Section(words("agenda"), tables=(Table(columns, rows),))


def _usage(report: Report, formats: Formats) -> Section:
    words = formats.words
    columns = (
        Column(words("month")),
        Column(words("opened"), "count"),
        Column(words("resolved"), "count"),
        Column(words("open_at_end"), "count"),
        Column(words("met_raw"), "share"),
        Column(words("met_adjusted"), "share"),
    )
    rows = [_month_row(one, formats) for one in report.trend]
    drawings = (volume_chart(report.days, formats), trend_chart(report.trend, formats))
    return Section(words("usage"), drawings=drawings, tables=(Table(columns, rows),))


def _month_row(one: Usage, formats: Formats) -> tuple[Value, ...]:
    compliance, title = one.compliance, formats.month_of(one.month)
    return (title, one.opened, one.resolved, one.open, compliance.raw, compliance.adjusted)


def _promises(report: Report, formats: Formats) -> Section:
    words = formats.words
    metrics = [CompliancePart(formats.metric(one.name), one.compliance) for one in report.metrics]
    drawings = [compliance_chart(metrics, formats)] if metrics else []
    if report.response_times:
        drawings.append(response_times_chart(report.response_times, formats))
    priorities = [
        CompliancePart(words.or_name(one.name), one.compliance) for one in report.priorities
    ]
    services = [
        CompliancePart(service_name(one.name, formats), one.compliance) for one in report.services
    ]
    groups = (("promise", metrics), ("priority", priorities), ("service", services))
    tables = [_parts_table(name, parts, formats) for name, parts in groups if parts]
    text = () if tables else (words("nothing_ended"),)
    return Section(words("promises"), text, tuple(drawings), tuple(tables))


def _parts_table(name: str, parts: Sequence[CompliancePart], formats: Formats) -> Table:
    words = formats.words
    columns = (
        Column(words(name), weight=1.6),
        Column(words("met"), "count"),
        Column(words("broken"), "count"),
        Column(words("broken_approved"), "count"),
        Column(words("raw"), "share"),
        Column(words("adjusted"), "share"),
    )
    total = sum((part.compliance for part in parts), Compliance())
    rows = [_part_row(part) for part in (*parts, CompliancePart(words("all_of_them"), total))]
    return Table(columns, rows)


def _part_row(part: CompliancePart) -> tuple[Value, ...]:
    one = part.compliance
    return (part.name, one.met, one.breached, one.waived, one.raw, one.adjusted)
