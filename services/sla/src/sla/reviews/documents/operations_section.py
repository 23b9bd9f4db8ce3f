"""Availability, outages, measured figures, reserved hours and deliveries as sections. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from sla.calendars.domain.month import parse_month
from sla.rendering.charts.availability_chart import availability_chart
from sla.rendering.document import Column, Section, Table
from sla.reviews.documents.review_words import Formats
from sla.reviews.documents.subjects import outage_subject, subject_name
from sla.reviews.domain.report import ChangeLine, MeasuredLine, Report


def availability_section(report: Report, formats: Formats) -> Section:
    words, drawings = formats.words, []
    if report.uptimes:
        days = parse_month(report.month).days
        named = [replace(one, subject=subject_name(one.subject, formats)) for one in report.uptimes]
        drawings.append(availability_chart(named, days, formats))
    tables = (
        *((_uptimes_table(report, formats),) if report.uptimes else ()),
        _outages_table(report, formats),
    )
    return Section(words("availability"), drawings=tuple(drawings), tables=tables)


def _uptimes_table(report: Report, formats: Formats) -> Table:
    words = formats.words
    columns = (
        Column(words("what"), weight=1.4),
        Column(words("available"), "uptime"),
        Column(words("promised"), "uptime"),
        Column(words("down"), "duration"),
        Column(words("agreed_time"), "duration"),
        Column(words("mttr"), "duration", 1.2),
        Column(words("mtbf"), "duration"),
    )
    rows = [
        (
            subject_name(one.subject, formats),
            one.availability,
            one.promised,
            one.down_seconds,
            one.agreed_seconds,
            one.mttr_seconds,
            one.mtbf_seconds,
        )
        for one in report.uptimes
    ]
    return Table(columns, rows, footnote=words("maintenance_excluded"))


def _outages_table(report: Report, formats: Formats) -> Table:
    words = formats.words
    columns = (
        Column(words("outage"), weight=0.7),
        Column(words("where"), weight=1.4),
        Column(words("effect"), weight=0.9),
        Column(words("from"), "instant"),
        Column(words("until_then"), "instant"),
        Column(words("in_month"), "duration", 0.9),
        Column(words("cause"), weight=2),
    )
    rows = [
        (
            one.key,
            outage_subject(one, formats),
            words(f"effect_{one.state}"),
            one.started_at,
            one.ended_at,
            one.seconds,
            one.cause,
        )
        for one in report.outages
    ]
    return Table(columns, rows, words("no_outage"))


def measured_section(report: Report, formats: Formats) -> Iterator[Section]:
    """Required and actual figures; no section where none were promised."""
    if not report.measured:
        return
    words = formats.words
    columns = (
        Column(words("figure"), weight=1.6),
        Column(words("where"), weight=1.2),
        Column(words("judged_by"), weight=0.9),
        Column(words("required")),
        Column(words("actual")),
        Column(words("verdict")),
    )
    rows = [
        (
            one.name,
            one.scope,
            words(f"statistic_{one.statistic}"),
            _required(one, formats),
            _actual(one, formats),
            words(f"verdict_{one.verdict}"),
        )
        for one in report.measured
    ]
    yield Section(words("measured"), tables=(Table(columns, rows),))


def _required(one: MeasuredLine, formats: Formats) -> str:
    name = "at_most" if one.better == "lower" else "at_least"
    return formats.words(name, target=formats.number(one.target), unit=one.unit)


def _actual(one: MeasuredLine, formats: Formats) -> str:
    if one.actual is None:
        return formats.words("no_figures")
    value = formats.number(float(f"{one.actual:.4g}"))
    return formats.words("value", value=value, unit=one.unit)


def reserved_hours_section(report: Report, formats: Formats) -> Iterator[Section]:
    if not report.reserved:
        return
    words = formats.words
    columns = (
        Column(words("agreement"), weight=1.6),
        Column(words("reserved"), "duration"),
        Column(words("used"), "duration"),
        Column(words("left"), "duration"),
        Column(words("used"), "share"),
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
    yield Section(words("reserved_hours"), tables=(Table(columns, rows),))


def changes_section(report: Report, formats: Formats) -> Section:
    words = formats.words
    return Section(
        words("changes"),
        tables=(
            _deliveries_table("upcoming", report.upcoming, words("no_upcoming"), formats),
            _deliveries_table("delivered", report.delivered, words("nothing_delivered"), formats),
        ),
    )


def _deliveries_table(
    title: str, changes: Sequence[ChangeLine], empty_text: str, formats: Formats
) -> Table:
    words = formats.words
    columns = (
        Column(words(title), weight=0.9),
        Column(words("product")),
        Column(words("version")),
        Column(words("environment"), weight=1.2),
        Column(words("state")),
        Column(words("since"), "instant"),
    )
    rows = [
        (
            one.key,
            one.product,
            one.version,
            one.environment,
            words(f"delivery_{one.state}"),
            one.at,
        )
        for one in changes
    ]
    return Table(columns, rows, empty_text)
