"""The head of a review: the assessment, and between whom it is, under which agreements. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from sla.rendering.document import Column, Section, Table, Value
from sla.reviews.documents.assessment import shown_assessment
from sla.reviews.documents.notes import review_notes
from sla.reviews.documents.review_words import Formats
from sla.reviews.domain.parties import AgreementLine, TargetLine
from sla.reviews.domain.report import Report


@dataclass(frozen=True, slots=True)
class Makers:
    """Who made a review, by name: `provider` is our own house, None where it has no name."""

    provider: str | None = None
    prepared_by: str | None = None
    published_by: str | None = None


def assessment_section(report: Report, formats: Formats) -> Section:
    """What is said of the month; and whether its figures are final, and who says it."""
    words = formats.words
    by = words("written_by", name=report.assessment_by) if report.assessment_by else ""
    text = (*review_notes(report, formats), *((by,) if by else ()))
    return Section(words("assessment"), text, paragraphs=shown_assessment(report, formats))


def parties_section(report: Report, makers: Makers, formats: Formats) -> Section:
    """Both companies, the people, and the agreements with their targets."""
    words = formats.words
    columns = (Column(words("who"), weight=0.6), Column(words("name"), weight=2))
    tables = [Table(columns, list(_people(report, makers, formats)), has_head=False)]
    if report.agreements:
        tables += [_agreements(report, formats), _targets(report, formats)]
    text = () if report.agreements else (words("no_agreement"),)
    return Section(words("parties"), text, tables=tuple(tables))


def _people(report: Report, makers: Makers, formats: Formats) -> Iterator[tuple[str, str]]:
    words = formats.words
    yield words("provider_side"), makers.provider or words("provider")
    yield words("customer_side"), report.name
    if makers.prepared_by:
        yield words("drawn_up_by"), makers.prepared_by
    if makers.published_by:
        yield words("published_by"), makers.published_by


def _agreements(report: Report, formats: Formats) -> Table:
    words = formats.words
    columns = (
        Column(words("agreement"), weight=1.2),
        Column(words("version"), "count", 0.6),
        Column(words("from"), weight=0.9),
        Column(words("until"), weight=0.9),
        Column(words("services"), weight=1.3),
        Column(words("available"), "uptime", 0.8),
        Column(words("signed_by"), weight=1.5),
    )
    return Table(columns, [_agreement_row(one, formats) for one in report.agreements])


def _agreement_row(one: AgreementLine, formats: Formats) -> tuple[Value, ...]:
    """Its dates are those of its own zone."""
    words, own = formats.words, Formats.of(formats.words.language, one.timezone)
    signers = [one.signed_by, one.countersigned_by or words("the_customer")]
    return (
        one.key,
        one.version,
        own.first_day(one.valid_from),
        words("open_end") if one.valid_until is None else own.last_day(one.valid_until),
        ", ".join(map(formats.names.service, one.services)) or words("all"),
        one.availability,
        formats.names_of([name for name in signers if name]),
    )


def _targets(report: Report, formats: Formats) -> Table:
    words = formats.words
    columns = (
        Column(words("agreement")),
        Column(words("promise")),
        Column(words("tickets")),
        Column(words("within"), "duration"),
        Column(words("while_waiting"), weight=1.2),
    )
    rows = [
        (
            agreement.key,
            formats.metric(one.metric),
            _tickets(one, formats),
            one.within_seconds,
            words("does_not_count" if one.pausable else "counts"),
        )
        for agreement in report.agreements
        for one in agreement.targets
    ]
    return Table(columns, rows, words("nothing_promised"))


def _tickets(target: TargetLine, formats: Formats) -> str:
    priority = formats.words.or_name(target.priority)
    if target.kind is None:
        return priority
    return formats.words("for_kind", priority=priority, kind=formats.words.or_name(target.kind))
