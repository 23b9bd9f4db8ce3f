"""The head of a review: the assessment, and between whom it is, under which agreements. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sla.rendering import figures
from sla.rendering.document import Column, Section, Table, Value
from sla.reviews.domain.parties import AgreementLine
from sla.reviews.domain.report import Report

THE_PROVIDER = "the service provider"


@dataclass(frozen=True, slots=True)
class Makers:
    """Who made a review, by name: `provider` is our own house, None where it has no name."""

    provider: str | None = None
    prepared_by: str | None = None
    published_by: str | None = None


def assessment_section(report: Report) -> Iterator[Section]:
    """The assessment; none in editions from before there was one."""
    if not report.assessment:
        return
    by = f"Written by {report.assessment_by}." if report.assessment_by else ""
    rows: list[tuple[Value, ...]] = [(one,) for one in report.assessment]
    yield Section("Assessment", tables=(Table((Column("How the month was"),), rows, footnote=by),))


def parties_section(report: Report, makers: Makers) -> Section:
    """Both companies, the people, and the agreements with their targets."""
    provider = makers.provider or THE_PROVIDER
    people = [("Service provider", provider), ("Customer", report.name)]
    if makers.prepared_by:
        people.append(("Drawn up by", makers.prepared_by))
    if makers.published_by:
        people.append(("Published by", makers.published_by))
    tables = [Table((Column("Who", weight=0.6), Column("Name", weight=2)), people)]
    if report.agreements:
        tables += [_agreements(report), _targets(report)]
    text = () if report.agreements else ("No agreement held in this month.",)
    return Section("Between whom, and what was agreed", text, tables=tuple(tables))


def _agreements(report: Report) -> Table:
    zone = ZoneInfo(report.timezone)
    columns = (
        Column("Agreement", weight=1.2),
        Column("Version", "count", 0.6),
        Column("From", weight=0.9),
        Column("Until", weight=0.9),
        Column("Services", weight=1.3),
        Column("Available", "uptime", 0.8),
        Column("Signed by", weight=1.5),
    )
    return Table(columns, [_agreement_row(one, zone) for one in report.agreements])


def _agreement_row(one: AgreementLine, zone: ZoneInfo) -> tuple[Value, ...]:
    until = "open" if one.valid_until is None else figures.format_instant(one.valid_until, zone)
    signers = [one.signed_by, one.countersigned_by or "the customer"]
    return (
        one.key,
        one.version,
        figures.format_instant(one.valid_from, zone),
        until,
        ", ".join(one.services) or "all",
        one.availability,
        " and ".join(name for name in signers if name),
    )


def _targets(report: Report) -> Table:
    columns = (
        Column("Agreement"),
        Column("Promise"),
        Column("Tickets"),
        Column("Within, in support time", "duration"),
        Column("While waiting for the customer", weight=1.2),
    )
    rows = [
        (
            agreement.key,
            figures.metric_name(one.metric),
            f"{one.priority} {one.kind.replace('_', ' ')}" if one.kind else one.priority,
            one.within_seconds,
            "does not count" if one.pausable else "counts",
        )
        for agreement in report.agreements
        for one in agreement.targets
    ]
    return Table(columns, rows, "Nothing is promised.")
