"""Availability, outages, measured figures, reserved hours and deliveries as sections. Pure."""

from collections.abc import Iterator, Sequence

from sla.calendars.domain.month import parse_month
from sla.rendering.charts.availability_chart import availability_chart
from sla.rendering.document import Column, Section, Table
from sla.reviews.domain import wording
from sla.reviews.domain.report import ChangeLine, Report


def availability_section(report: Report) -> Section:
    drawings = []
    if report.uptimes:
        drawings.append(availability_chart(report.uptimes, parse_month(report.month).days))
    uptime_columns = (
        Column("What", weight=1.4),
        Column("Available", "uptime"),
        Column("Promised", "uptime"),
        Column("Down", "duration"),
        Column("Of agreed time", "duration"),
        Column("Mean time to repair", "duration", 1.2),
        Column("Between failures", "duration"),
    )
    uptimes = [
        (
            one.subject,
            one.availability,
            one.promised,
            one.down_seconds,
            one.agreed_seconds,
            one.mttr_seconds,
            one.mtbf_seconds,
        )
        for one in report.uptimes
    ]
    outage_columns = (
        Column("Outage", weight=0.7),
        Column("Where", weight=1.4),
        Column("Effect", weight=0.8),
        Column("From", "instant"),
        Column("Until", "instant"),
        Column("In this month", "duration", 0.9),
        Column("Cause", weight=2),
    )
    outages = [
        (one.key, one.subject, one.state, one.started_at, one.ended_at, one.seconds, one.cause)
        for one in report.outages
    ]
    tables = (
        *((Table(uptime_columns, uptimes),) if uptimes else ()),
        Table(outage_columns, outages, "There was no outage."),
    )
    return Section("Availability and outages", drawings=tuple(drawings), tables=tables)


def measured_section(report: Report) -> Iterator[Section]:
    """Required and actual figures; no section where none were promised."""
    if not report.measured:
        return
    columns = (
        Column("Figure", weight=1.6),
        Column("Where", weight=1.2),
        Column("Judged by", weight=0.8),
        Column("Required"),
        Column("Actual"),
        Column("Verdict"),
    )
    rows = [
        (
            one.name,
            one.scope,
            one.statistic,
            f"at {'most' if one.better == 'lower' else 'least'} {one.target:g} {one.unit}",
            "no figures" if one.actual is None else f"{one.actual:.4g} {one.unit}",
            wording.VERDICT_NAMES[one.verdict],
        )
        for one in report.measured
    ]
    yield Section("Measured figures", tables=(Table(columns, rows),))


def reserved_hours_section(report: Report) -> Iterator[Section]:
    if not report.reserved:
        return
    columns = (
        Column("Agreement", weight=1.6),
        Column("Reserved", "duration"),
        Column("Used", "duration"),
        Column("Left", "duration"),
        Column("Used", "share"),
    )
    rows = [
        (
            one.agreement,
            one.reserved_seconds,
            one.used_seconds,
            max(one.reserved_seconds - one.used_seconds, 0),
            one.used_seconds / one.reserved_seconds if one.reserved_seconds else None,
        )
        for one in report.reserved
    ]
    yield Section("Reserved hours", tables=(Table(columns, rows),))


def changes_section(report: Report) -> Section:
    return Section(
        "Changes",
        tables=(
            _deliveries_table("Upcoming", report.upcoming, "No change is on its way."),
            _deliveries_table(
                "This month", report.delivered, "Nothing was delivered in this month."
            ),
        ),
    )


def _deliveries_table(title: str, changes: Sequence[ChangeLine], empty_text: str) -> Table:
    columns = (
        Column(title, weight=0.8),
        Column("Product"),
        Column("Version"),
        Column("Environment", weight=1.2),
        Column("State"),
        Column("Since", "instant"),
    )
    rows = [
        (
            one.key,
            one.product,
            one.version,
            one.environment,
            wording.DELIVERY_STATE_NAMES.get(one.state, one.state),
            one.at,
        )
        for one in changes
    ]
    return Table(columns, rows, empty_text)
