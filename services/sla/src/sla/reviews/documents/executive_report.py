"""The leadership report as a document. Pure."""

from collections.abc import Iterator

from sla.calendars.domain.month import parse_month
from sla.clocks.domain.compliance import Compliance
from sla.rendering import figures
from sla.rendering.charts.compliance_chart import compliance_chart
from sla.rendering.charts.trend_chart import trend_chart
from sla.rendering.document import Column, Document, Section, Table, Tile, Value
from sla.reports.domain.monthly_figures import CompliancePart
from sla.reviews.documents.suppliers_section import suppliers_section
from sla.reviews.domain import wording
from sla.reviews.domain.report import CustomerLine, LeadershipReport

UTC_NAME = "UTC"


def build_document(report: LeadershipReport) -> Document:
    month = parse_month(report.month)
    return Document(
        name=f"leadership-{report.month}",
        title="Leadership report",
        subtitle=f"All customers, {month.title}",
        edition=f"As known on {report.generated_at:%d %b %Y %H:%M} UTC",
        zone=UTC_NAME,
        tiles=tuple(_tiles(report)),
        sections=(
            _promises(report),
            _customers(report),
            _operations(report),
            *suppliers_section(report.suppliers),
        ),
    )


def _tiles(report: LeadershipReport) -> Iterator[Tile]:
    now = sum((one.usage.compliance for one in report.customers), Compliance())
    before = sum((one.previous_month.compliance for one in report.customers), Compliance())
    comparison = wording.compare_shares(now.raw, before.raw)
    yield Tile("Promises met", figures.format_share(now.raw), comparison, now.breached > 0)
    approved = figures.pluralise(now.waived, "breach", "breaches")
    yield Tile("With approved breaches", figures.format_share(now.adjusted), f"{approved} approved")
    opened = sum(one.usage.opened for one in report.customers)
    opened_before = sum(one.previous_month.opened for one in report.customers)
    yield Tile("Tickets opened", str(opened), wording.compare_counts(opened, opened_before))
    overdue = sum(one.overdue_actions for one in report.customers)
    open_actions = sum(one.open_actions for one in report.customers)
    yield Tile("Actions overdue", str(overdue), f"of {open_actions} open", overdue > 0)


def _promises(report: LeadershipReport) -> Section:
    parts = [CompliancePart(one.name, one.usage.compliance) for one in report.customers]
    drawings = (compliance_chart(parts, "customers", "Promises met, by customer"),) if parts else ()
    return Section("Promises", report.notes, (*drawings, trend_chart(report.trend)))


def _customers(report: LeadershipReport) -> Section:
    columns = (
        Column("Customer", weight=1.8),
        Column("Opened", "count"),
        Column("Before", "count"),
        Column("Resolved", "count"),
        Column("Open", "count"),
        Column("Kept, raw", "share"),
        Column("Before", "share"),
        Column("Adjusted", "share"),
        Column("Broken", "count"),
    )
    rows = [_figures_row(one) for one in report.customers]
    return Section("Customers", tables=(Table(columns, rows, "There is no customer yet."),))


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


def _operations(report: LeadershipReport) -> Section:
    """Reviews, action items, availability and reserved hours by customer."""
    columns = (
        Column("Customer", weight=1.8),
        Column("Review", weight=1.2),
        Column("Actions open", "count"),
        Column("Overdue", "count"),
        Column("Availability", "uptime"),
        Column("Outages", "count"),
        Column("Reserved hours used", "share"),
    )
    rows: list[tuple[Value, ...]] = [
        (
            one.name,
            one.review,
            one.open_actions,
            one.overdue_actions,
            one.availability,
            one.outages,
            one.used_seconds / one.reserved_seconds if one.reserved_seconds else None,
        )
        for one in report.customers
    ]
    return Section("Reviews, actions, availability", tables=(Table(columns, rows),))
