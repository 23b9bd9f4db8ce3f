"""The leadership report as a document, in the language of its reader. Pure."""

from collections.abc import Iterator

from sla.clocks.domain.compliance import Compliance
from sla.rendering.charts.compliance_chart import compliance_chart
from sla.rendering.charts.trend_chart import trend_chart
from sla.rendering.document import Column, Document, Section, Table, Tile, Value
from sla.reports.domain.monthly_figures import CompliancePart
from sla.reviews.documents.notes import leadership_notes
from sla.reviews.documents.review_words import Formats
from sla.reviews.documents.suppliers_section import suppliers_section
from sla.reviews.domain.report import CustomerLine, LeadershipReport

UTC_NAME = "UTC"


def build_document(report: LeadershipReport, language: str) -> Document:
    """The report in this language; in English where there are no words in it."""
    formats = Formats.of(language, UTC_NAME)
    words = formats.words
    return Document(
        name=f"leadership-{report.month}-{words.language}",
        title=words("leadership"),
        subtitle=words("all_customers", month=formats.month_of(report.month)),
        edition=words("as_known", at=formats.moment(report.generated_at)),
        zone=UTC_NAME,
        tiles=tuple(_tiles(report, formats)),
        sections=(
            _promises(report, formats),
            _customers(report, formats),
            _operations(report, formats),
            *suppliers_section(report.suppliers, formats),
        ),
        language=words.language,
    )


def _tiles(report: LeadershipReport, formats: Formats) -> Iterator[Tile]:
    words = formats.words
    now = sum((one.usage.compliance for one in report.customers), Compliance())
    before = sum((one.previous_month.compliance for one in report.customers), Compliance())
    comparison = formats.compare_shares(now.raw, before.raw)
    share = formats.rounded_share(now.raw)
    yield Tile(words("promises_met"), share, comparison, now.breached > 0)
    approved = words.counted("approved", now.waived)
    yield Tile(words("with_approved"), formats.rounded_share(now.adjusted), approved)
    opened = sum(one.usage.opened for one in report.customers)
    opened_before = sum(one.previous_month.opened for one in report.customers)
    change = formats.compare_counts(opened, opened_before)
    yield Tile(words("tickets_opened"), formats.number(opened), change)
    overdue = sum(one.overdue_actions for one in report.customers)
    of_open = words("of_open", count=sum(one.open_actions for one in report.customers))
    yield Tile(words("actions_overdue"), formats.number(overdue), of_open, overdue > 0)


def _promises(report: LeadershipReport, formats: Formats) -> Section:
    words = formats.words
    parts = [CompliancePart(one.name, one.usage.compliance) for one in report.customers]
    title = words("met_by_customer")
    drawings = (compliance_chart(parts, formats, "customers", title),) if parts else ()
    trend = trend_chart(report.trend, formats)
    return Section(words("promises"), leadership_notes(report, formats), (*drawings, trend))


def _customers(report: LeadershipReport, formats: Formats) -> Section:
    words = formats.words
    columns = (
        Column(words("customer"), weight=1.8),
        Column(words("opened"), "count"),
        Column(words("before"), "count"),
        Column(words("resolved"), "count"),
        Column(words("open"), "count"),
        Column(words("met_raw"), "share"),
        Column(words("before"), "share"),
        Column(words("met_adjusted"), "share"),
        Column(words("broken"), "count"),
    )
    rows = [_figures_row(one) for one in report.customers]
    return Section(words("customers"), tables=(Table(columns, rows, words("no_customer")),))


def _figures_row(one: CustomerLine) -> tuple[Value, ...]:
    now, before = one.usage, one.previous_month
    return (
        one.name,
        now.opened,
        before.opened,
        now.resolved,
        now.open,
        now.compliance.raw,
        before.compliance.raw,
        now.compliance.adjusted,
        now.compliance.breached,
    )


def _operations(report: LeadershipReport, formats: Formats) -> Section:
    """Reviews, action items, availability and reserved hours by customer."""
    words = formats.words
    columns = (
        Column(words("customer"), weight=1.8),
        Column(words("review_of_month"), weight=1.2),
        Column(words("actions_open"), "count"),
        Column(words("overdue"), "count"),
        Column(words("availability_short"), "uptime"),
        Column(words("outages"), "count"),
        Column(words("reserved_used"), "share"),
    )
    rows: list[tuple[Value, ...]] = [
        (
            one.name,
            review_state(one.edition, formats),
            one.open_actions,
            one.overdue_actions,
            one.availability,
            one.outages,
            one.used_seconds / one.reserved_seconds if one.reserved_seconds else None,
        )
        for one in report.customers
    ]
    return Section(words("reviews"), tables=(Table(columns, rows, words("no_customer")),))


def review_state(edition: int | None, formats: Formats) -> str:
    """The state of a review in words: `edition` None is none, 0 a draft."""
    if edition is None:
        return formats.words("review_none")
    name = "review_edition" if edition else "review_draft"
    return formats.words(name, number=edition)
